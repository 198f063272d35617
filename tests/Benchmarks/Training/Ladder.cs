using System.Diagnostics;
using System.Globalization;
using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Ials;
using Recommender.Tests.Benchmarks.Machine;

namespace Recommender.Tests.Benchmarks.Training;

/// <summary>One training run, pass by pass; judging is not on the clock.</summary>
internal static class Ladder
{
    private const string Criterion = "ndcg@20";

    public static IReadOnlyList<string> Solvers { get; } = ["auto", "exact", "cg"];

    public static IReadOnlyList<string> Columns { get; } =
        ["factors", "solver", "s/pass", "GFLOP/s", "of sgemm", "gather GB/s", "of read", "peak MB", "best ndcg@20", "99 % after", "seconds", "set-up", "last solve"];

    public static Rung Measure(DataSet data, int factors, string solver, TrainingPlan plan, MachineLimits limits, CancellationToken cancellationToken)
    {
        var parameters = new IalsParameters { Factors = factors, Threads = plan.Threads, Solver = Enum.Parse<IalsSolver>(solver, ignoreCase: true) };
        var test = data.Sample();
        Warm(parameters, data);
        PeakMemory.Reset();
        var before = PeakMemory.Now;
        var clock = Stopwatch.StartNew();
        var run = new IalsRun(new TrainingData(data.Train), parameters.Resolve(data.Train), cancellationToken);
        var setUp = clock.Elapsed.TotalSeconds;
        var elapsed = setUp;
        var (passes, lasts, curve) = (new List<double>(), new List<double>(), new List<LearningPoint>());
        for (var pass = 1; pass <= plan.Iterations; pass++)
        {
            clock.Restart();
            run.Iterate();
            passes.Add(clock.Elapsed.TotalSeconds);
            elapsed += passes[^1];
            clock.Restart();
            var model = run.Finish();
            lasts.Add(clock.Elapsed.TotalSeconds);
            var result = Evaluator.Evaluate(model, test, [data.Train], [20], plan.Threads, cancellationToken: cancellationToken);
            curve.Add(new LearningPoint(pass, elapsed + lasts[^1], result.Metrics[Criterion], result.Metrics["recall@20"]));
        }

        var (seconds, last) = (passes.Order().ElementAt(passes.Count / 2), lasts.Order().ElementAt(lasts.Count / 2));
        var best = curve.Max(p => p.Ndcg);
        var near = curve.First(p => p.Ndcg >= 0.99 * best);
        var work = Work.OfPass(data.Train, factors, solver);
        return new Rung(
            data.Name, factors, solver, seconds, work.Gflop / seconds, work.Gflop / seconds / limits.SgemmGflops, work.Gigabytes / seconds,
            work.Gigabytes / seconds / limits.ReadGigabytes, PeakMemory.Megabytes, before, best, near.Pass, near.Seconds, setUp, last, curve);
    }

    // The runtime compiles hot code better while it runs; a small run before the clock lets it.
    private static void Warm(IalsParameters parameters, DataSet data)
    {
        var run = new IalsRun(new TrainingData(data.Train), parameters.Resolve(data.Train), CancellationToken.None);
        run.Iterate();
        run.Finish();
    }
}

/// <summary>Quality after a pass.</summary>
/// <param name="Pass">Passes done.</param>
/// <param name="Seconds">Set-up, passes and the final solve of all viewers.</param>
/// <param name="Ndcg">ndcg@20 of some five thousand viewers.</param>
/// <param name="Recall">recall@20 of them.</param>
internal sealed record LearningPoint(int Pass, double Seconds, double Ndcg, double Recall);

/// <summary>What one run came to.</summary>
internal sealed record Rung(
    string Set, int Factors, string Solver, double SecondsPerPass, double Gflops, double ShareOfSgemm, double GatherGigabytes, double ShareOfRead,
    double PeakMegabytes, double MegabytesBefore, double BestNdcg, int PassesTo99, double SecondsTo99, double SetUpSeconds, double LastSolveSeconds, IReadOnlyList<LearningPoint> Curve)
{
    public IReadOnlyList<string> Cells() =>
    [
        Factors.ToString(CultureInfo.InvariantCulture), Solver, Text(SecondsPerPass, "F3"), Text(Gflops, "F0"), Text(ShareOfSgemm, "P0"), Text(GatherGigabytes, "F1"),
        Text(ShareOfRead, "P0"), Text(PeakMegabytes, "F0"), Text(BestNdcg, "F4"), Text(PassesTo99, "F0"), Text(SecondsTo99, "F2"),
        Text(SetUpSeconds, "F3"), Text(LastSolveSeconds, "F3"),
    ];

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
