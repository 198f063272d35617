using System.CommandLine;
using Recommender.Tests.Benchmarks.Machine;
using Recommender.Tests.Benchmarks.Reporting;

namespace Recommender.Tests.Benchmarks.Training;

/// <summary><c>build/bench training</c>: how fast and how well implicit ALS learns here, beside what the machine could do.</summary>
internal sealed class TrainingSuite : IBenchmarkSuite
{
    public Command CreateCommand()
    {
        var json = new Option<FileInfo?>("--json") { Description = "Also write every number to this file, as JSON.", HelpName = "FILE" };
        var data = new Option<string>("--data")
        {
            Description = "Folder of public data sets.", HelpName = "FOLDER",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("RECOMMENDER_TEST_DATA") ?? "../shared/data",
        };
        var sets = new Option<string[]>("--set")
        {
            Description = "Data sets to measure.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["gowalla", "generated"],
        };
        sets.AcceptOnlyFromAmong("gowalla", "generated");
        var factors = new Option<int[]>("--factors") { Description = "Lengths of the vectors.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [64, 128, 256] };
        var solvers = new Option<string[]>("--solver") { Description = "Solvers.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. Ladder.Solvers] };
        solvers.AcceptOnlyFromAmong([.. Ladder.Solvers]);
        var iterations = new Option<int>("--iterations") { Description = "Passes of every run.", DefaultValueFactory = _ => 8 };
        var threads = new Option<int>("--threads") { Description = "Threads of everything.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var command = new Command("training", "Implicit ALS on gowalla and on a generated set: seconds per pass, quality over time, memory, and shares of the machine's limits.")
        {
            json, data, sets, factors, solvers, iterations, threads,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => Run(
            new TrainingPlan(
                parsed.GetRequiredValue(data), parsed.GetRequiredValue(sets), parsed.GetRequiredValue(factors), parsed.GetRequiredValue(solvers),
                parsed.GetRequiredValue(iterations), parsed.GetRequiredValue(threads)),
            parsed.GetValue(json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken), cancellationToken));
        return command;
    }

    private static int Run(TrainingPlan plan, FileInfo? json, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var limits = MachineLimits.Measure(plan.Threads);
        output.WriteLine(FormattableString.Invariant(
            $"{plan.Threads} threads: FMA peak {limits.FmaGflops:F0} GFLOP/s, sgemm {limits.SgemmGflops:F0} GFLOP/s, streaming read {limits.ReadGigabytes:F1} GB/s"));
        var grams = plan.Factors.ToDictionary(k => k, k => GramRate.Measure(k, plan.Threads) / limits.SgemmGflops);
        foreach (var (factors, share) in grams)
            output.WriteLine(FormattableString.Invariant($"exact solver's gram accumulation, {factors} factors: {share:P0} of sgemm"));
        var (ladder, extras) = (new List<Rung>(), new List<Extras>());
        var complete = true;
        foreach (var set in plan.Sets)
        {
            if (Open(set, plan, error) is not { } data)
            {
                complete = false;
                continue;
            }

            output.WriteLine();
            output.WriteLine(FormattableString.Invariant($"{data.Name}: {data.Train.RowCount} viewers x {data.Train.ColumnCount} videos, {data.Train.Count} interactions"));
            var table = new Table(Ladder.Columns);
            foreach (var factors in plan.Factors)
            {
                foreach (var solver in plan.Solvers)
                {
                    var rung = Ladder.Measure(data, factors, solver, plan, limits, cancellationToken);
                    ladder.Add(rung);
                    table.Add(rung.Cells());
                }
            }

            table.WriteTo(output);
            var more = Extras.Measure(data, plan, limits, cancellationToken);
            extras.Add(more);
            more.WriteTo(output);
        }

        if (json is not null) JsonReport.Write(json, new { Machine = limits, GramShareOfSgemm = grams, Training = ladder, Extras = extras });
        return complete ? 0 : 1;
    }

    private static DataSet? Open(string set, TrainingPlan plan, TextWriter error)
    {
        if (set == "generated") return GeneratedSet.Draw(viewers: 50_000, videos: 20_000, interactions: 5_000_000, seed: 1);
        var gowalla = Gowalla.TryRead(plan.Data);
        if (gowalla is null) error.WriteLine($"SKIPPED: gowalla is not below {Path.GetFullPath(plan.Data)}. Nothing is said about it.");
        return gowalla;
    }
}
