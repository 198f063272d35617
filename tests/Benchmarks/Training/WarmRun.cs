using System.Diagnostics;
using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Ials;

namespace Recommender.Tests.Benchmarks.Training;

/// <summary>A model is trained on 99 % of the interactions; then on all of them, from random factors and from that model's, in turn.</summary>
/// <param name="ColdSeconds">Training at random start, median of three.</param>
/// <param name="ColdNdcg">Its ndcg@20.</param>
/// <param name="WarmSeconds">Training from the earlier model, median of three.</param>
/// <param name="WarmNdcg">Its ndcg@20.</param>
internal sealed record WarmRun(double ColdSeconds, double ColdNdcg, double WarmSeconds, double WarmNdcg)
{
    private const int Rounds = 3;

    public static WarmRun Measure(DataSet data, IalsParameters parameters, CancellationToken cancellationToken)
    {
        var trainer = new IalsTrainer(parameters);
        var earlier = trainer.Train(new TrainingData(MostOf(data.Train)), cancellationToken: cancellationToken);
        var all = new TrainingData(data.Train);
        var warm = all with { WarmStart = new WarmStart(earlier.ItemFactors!) };
        var (cold, continued, test) = (new List<double>(), new List<double>(), data.Sample());
        IScoringModel? first = null, second = null;
        for (var round = 0; round < Rounds; round++)
        {
            cold.Add(Time(() => first = trainer.Train(all, cancellationToken: cancellationToken)));
            continued.Add(Time(() => second = trainer.Train(warm, cancellationToken: cancellationToken)));
        }

        double Quality(IScoringModel model) => Evaluator.Evaluate(model, test, [data.Train], [20], parameters.Threads, cancellationToken: cancellationToken).Metrics["ndcg@20"];
        return new WarmRun(cold.Order().ElementAt(Rounds / 2), Quality(first!), continued.Order().ElementAt(Rounds / 2), Quality(second!));
    }

    private static double Time(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }

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
