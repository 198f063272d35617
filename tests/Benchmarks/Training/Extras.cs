using System.Diagnostics;
using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Ials;
using Recommender.Tests.Benchmarks.Machine;

namespace Recommender.Tests.Benchmarks.Training;

/// <summary>What is measured once per data set, with 64 factors.</summary>
/// <param name="Set">Data set.</param>
/// <param name="ListsPerSecond">Viewers a second whose best 20 unseen videos are found.</param>
/// <param name="ListShareOfSgemm">Its inner products as a share of the matrix product's rate.</param>
/// <param name="Warm">What beginning with an earlier model saves.</param>
internal sealed record Extras(string Set, double ListsPerSecond, double ListShareOfSgemm, WarmRun Warm)
{
    private const int Factors = 64;
    private const int ListLength = 20;

    public static Extras Measure(DataSet data, TrainingPlan plan, MachineLimits limits, CancellationToken cancellationToken)
    {
        var parameters = new IalsParameters { Factors = Factors, Threads = plan.Threads, Iterations = 2 };
        var model = (FactorModel)new IalsTrainer(parameters).Train(new TrainingData(data.Train), cancellationToken: cancellationToken);
        var lists = Enumerable.Range(0, 3).Max(_ => ListsPerSecondOf(model, data, plan.Threads, cancellationToken));
        return new Extras(data.Name, lists, lists * 2e-9 * Factors * data.Train.ColumnCount / limits.SgemmGflops,
            WarmRun.Measure(data, new IalsParameters { Factors = Factors, Threads = plan.Threads }, cancellationToken));
    }

    public void WriteTo(TextWriter output)
    {
        output.WriteLine(FormattableString.Invariant(
            $"top {ListLength} lists of all viewers, seen left out, {Factors} factors: {ListsPerSecond:F0} viewers/s ({ListShareOfSgemm:P0} of sgemm)"));
        output.WriteLine(FormattableString.Invariant(
            $"1 % new interactions, {Factors} factors: from random {Warm.ColdSeconds:F2} s to ndcg@20 {Warm.ColdNdcg:F4}, from the model before {Warm.WarmSeconds:F2} s ({Warm.WarmSeconds / Warm.ColdSeconds:P0}, {Warm.ProcessorShare:P0} of the processor time) to {Warm.WarmNdcg:F4} ({Warm.Gain.Low:+0.0000;-0.0000} to {Warm.Gain.High:+0.0000;-0.0000})"));
    }

    private static double ListsPerSecondOf(FactorModel model, DataSet data, int threads, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var (found, viewers) = (0L, Enumerable.Range(0, model.ViewerCount).ToArray());
        model.Rank(new TopListQuery(viewers, data.Train, ListLength) { Threads = threads }, (_, best) => Interlocked.Add(ref found, best.Length), cancellationToken);
        if (found != (long)ListLength * model.ViewerCount) throw new InvalidOperationException("Some lists are short.");
        return model.ViewerCount / clock.Elapsed.TotalSeconds;
    }
}
