using System.Globalization;
using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Ials;
using Recommender.Modeling.Trainers.Popularity;
using Recommender.Modeling.Weights;
using Recommender.Training.Dataset;
using Recommender.Training.Judging;
using Recommender.Training.Split;

namespace Recommender.Training.Assessing;

/// <summary>Learns popularity and the simplest personal model from the older events and judges both by the newer ones, over the full catalog.</summary>
internal sealed class ModelComparison(AssessmentOptions options, InteractionWeights weights)
{
    private const double HeldOut = 0.2;
    private static readonly string[] s_metrics = ["hit_rate@10", "recall@20", "ndcg@20"];

    /// <summary>Both, or a sentence that says why there is nothing to compare.</summary>
    public (Comparison? Comparison, string WhyNot) Run(EventDataset events, CancellationToken cancellationToken)
    {
        if (events.EventCount == 0) return (null, "There is no event to learn from.");
        try
        {
            var split = EvaluationSplit.Make(events, weights, new SplitLimits(HeldOut, MinViewers: 2, MinVideosPerViewer: 2), cancellationToken);
            var data = split.TrainingData(events, weights, cancellationToken);
            var threads = options.Threads.ToString(CultureInfo.InvariantCulture);
            var relevant = split.Sample(options.JudgedViewers);
            var popularity = Evaluate(TrainerRegistry.Create(PopularityTrainer.TrainerName), data, split, relevant, cancellationToken);
            var settings = new Dictionary<string, string>
            {
                ["factors"] = options.Factors.ToString(CultureInfo.InvariantCulture),
                ["iterations"] = options.Iterations.ToString(CultureInfo.InvariantCulture),
                [Recipe.ThreadsKey] = threads,
            };
            var personal = Evaluate(TrainerRegistry.Create(IalsTrainer.TrainerName, settings), data, split, relevant, cancellationToken);
            var gate = new GateOptions { Level = options.Level };
            var (before, after) = (MetricIntervals.Of(popularity, gate), MetricIntervals.Of(personal, gate));
            var metrics = s_metrics.ToDictionary(m => m, m => new ComparedMetric(
                before[m], after[m], MetricIntervals.OfDifference(personal.PerViewer(m), popularity.PerViewer(m), gate)));
            var name = string.Create(CultureInfo.InvariantCulture, $"implicit ALS with {options.Factors} factors");
            return (new Comparison(split.HoldOut.Name, personal.Viewers.Count, split.TestViewers, name, metrics), "");
        }
        catch (TrainingDataException e)
        {
            return (null, e.Message.Replace("The archive", "The data", StringComparison.Ordinal));
        }
    }

    private EvaluationResult Evaluate(
        ITrainer trainer, TrainingData data, EvaluationSplit split, InteractionMatrix relevant, CancellationToken cancellationToken) => Evaluator.Evaluate(
        trainer.Train(data, progress: null, cancellationToken), relevant, [split.Seen], [10, 20], options.Threads, cancellationToken: cancellationToken);
}
