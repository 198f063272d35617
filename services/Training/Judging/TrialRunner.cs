using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Trainers;
using Recommender.Training.Dataset;
using Recommender.Training.Publishing;
using Recommender.Training.Split;

namespace Recommender.Training.Judging;

/// <summary>Trains recipes, with progress pass by pass.</summary>
internal sealed class TrialRunner(TrainingOptions options, TimeProvider time, ILogger<TrialRunner> logger)
{
    private const int TimedViewers = 25;

    /// <summary>Trains a recipe on the older events of a split and judges it by the held-out ones.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="events">All events.</param>
    /// <param name="split">What is held out.</param>
    /// <param name="segments">Who counts as new and what as rarely watched.</param>
    /// <param name="progress">Told the share of the work done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public Trial Try(
        Recipe recipe, EventDataset events, EvaluationSplit split, TestSegments segments, Action<double> progress, CancellationToken cancellationToken)
    {
        var data = split.TrainingData(events, recipe, cancellationToken);
        var curve = new LearningCurve(split, options.Gate.CurveViewers, options.Threads);
        var (model, epochSeconds) = Train(recipe, data, share => progress(share * 0.9), cancellationToken, curve);
        var audit = new RankingAudit(split, segments, split.TestViewers);
        var result = Evaluator.Evaluate(
            model, split.Relevant, [split.Seen], threads: options.Threads, onRanking: audit.Add, cancellationToken: cancellationToken);
        progress(1);
        return new Trial(recipe, result, epochSeconds)
        {
            Intervals = MetricIntervals.Of(result, options.Gate),
            Audit = audit.Finish(result, ModelFiles.SizeOf(model, events), MedianMilliseconds(model, result.Viewers)),
            Curve = curve.Points,
        };
    }

    /// <summary>Trains a recipe.</summary>
    /// <returns>The model and the mean seconds per pass.</returns>
    public (IScoringModel Model, double EpochSeconds) Train(
        Recipe recipe, TrainingData data, Action<double> progress, CancellationToken cancellationToken, LearningCurve? curve = null)
    {
        var (start, seconds, passes) = (time.GetTimestamp(), 0.0, 0);
        var model = TrainerRegistry.Create(recipe.Trainer, recipe.Parameters).Train(data, Told, cancellationToken);
        return (model, passes == 0 ? 0 : seconds / passes);

        void Told(TrainingProgress p)
        {
            if (p.Note is { } note) TrialLog.Note(logger, recipe.Trainer, note);
            // What it takes to measure the curve is no part of the training.
            if (p.Iteration > 0) (seconds, passes) = (seconds + time.GetElapsedTime(start).TotalSeconds, p.Iteration);
            progress(p.Iterations == 0 ? 1 : (double)p.Iteration / p.Iterations);
            curve?.Add(p, seconds, cancellationToken);
            start = time.GetTimestamp();
        }
    }

    private double MedianMilliseconds(IScoringModel model, IReadOnlyList<int> viewers)
    {
        var (scores, best) = (new float[model.ItemCount], new ScoredItem[RankingAudit.Length]);
        var times = new List<double>();
        for (var i = 0; i < Math.Min(viewers.Count, TimedViewers); i++)
        {
            var start = time.GetTimestamp();
            model.Score([viewers[i]], scores);
            TopK.Select(scores, default, best);
            times.Add(time.GetElapsedTime(start).TotalMilliseconds);
        }
        times.Sort();
        return times.Count == 0 ? 0 : times[times.Count / 2];
    }
}

internal static partial class TrialLog
{
    [LoggerMessage(EventId = 6124, EventName = "TrainerNote", Level = LogLevel.Information, Message = "{Trainer}: {Note}")]
    public static partial void Note(ILogger logger, string trainer, string note);
}
