using System.Diagnostics;
using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Ials;

namespace Recommender.Tests.Benchmarks.Training;

/// <summary>A model is trained on 99 % of the interactions; then on all of them, from random factors and from that model's, in turn.</summary>
/// <param name="ColdSeconds">Training at random start, median of five.</param>
/// <param name="ColdNdcg">Its ndcg@20.</param>
/// <param name="WarmSeconds">Training from the earlier model, median of five.</param>
/// <param name="WarmNdcg">Its ndcg@20.</param>
/// <param name="ProcessorShare">Processor time of the latter by that of the former, medians of five: other programs hardly change it.</param>
/// <param name="Gain">By how much the latter's ndcg@20 is above the former's, viewer by viewer, at 95 %.</param>
internal sealed record WarmRun(double ColdSeconds, double ColdNdcg, double WarmSeconds, double WarmNdcg, double ProcessorShare, BootstrapInterval Gain)
{
    private const int Rounds = 5;
    private const string Criterion = "ndcg@20";

    public static WarmRun Measure(DataSet data, IalsParameters parameters, CancellationToken cancellationToken)
    {
        var trainer = new IalsTrainer(parameters);
        var earlier = trainer.Train(new TrainingData(MostOf(data.Train)), cancellationToken: cancellationToken);
        var all = new TrainingData(data.Train);
        var warm = all with { WarmStart = new WarmStart(earlier.ItemFactors!) };
        var (cold, continued, test) = (new List<Cost>(), new List<Cost>(), data.Sample());
        IScoringModel? first = null, second = null;
        for (var round = 0; round < Rounds; round++)
        {
            cold.Add(CostOf(() => first = trainer.Train(all, cancellationToken: cancellationToken)));
            continued.Add(CostOf(() => second = trainer.Train(warm, cancellationToken: cancellationToken)));
        }

        EvaluationResult Judge(IScoringModel model) => Evaluator.Evaluate(model, test, [data.Train], [20], parameters.Threads, cancellationToken: cancellationToken);
        var (before, after) = (Judge(first!), Judge(second!));
        return new WarmRun(
            Median(cold, c => c.Seconds), before.Metrics[Criterion], Median(continued, c => c.Seconds), after.Metrics[Criterion],
            Median(continued, c => c.Processor) / Median(cold, c => c.Processor), Bootstrap.OfDifference(after.PerViewer(Criterion), before.PerViewer(Criterion)));
    }

    private static double Median(IEnumerable<Cost> costs, Func<Cost, double> of) => costs.Select(of).Order().ElementAt(Rounds / 2);

    private static Cost CostOf(Action work)
    {
        // What the run before left is not this one's to clear away.
        GC.Collect();
        var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        work();
        return new Cost(clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    private readonly record struct Cost(double Seconds, double Processor);

    private static InteractionMatrix MostOf(InteractionMatrix all)
    {
        var random = new Random(1);
        var builder = new InteractionMatrixBuilder();
        for (var row = 0; row < all.RowCount; row++)
        {
            foreach (var column in all.RowColumns(row))
            {
                if (random.NextDouble() < 0.99) builder.Add(row, column);
            }
        }

        return builder.Build(all.RowCount, all.ColumnCount);
    }
}
