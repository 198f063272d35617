using System.CommandLine;
using System.Diagnostics;

namespace Recommender.Tests.Benchmarks.Serving;

/// <summary><c>build/bench serving</c>: exact search beside reading the same bytes, the half-step, and the service's calls beside empty ones.</summary>
internal sealed class ServingSuite : IBenchmarkSuite
{
    private const int FoldInEvents = 50;

    public Command CreateCommand()
    {
        var viewers = new Option<int>("--viewers") { Description = "Viewers in Redis.", DefaultValueFactory = _ => 100_000 };
        var videos = new Option<int>("--videos") { Description = "Videos of the usual catalog.", DefaultValueFactory = _ => 20_000 };
        var many = new Option<int>("--many") { Description = "Videos of the large catalog, which is searched, and served after a swap.", DefaultValueFactory = _ => 1_000_000 };
        var factors = new Option<int>("--factors") { Description = "Length of the vectors.", DefaultValueFactory = _ => 64 };
        var rounds = new Option<int>("--rounds") { Description = "How often calls are measured in turn; the medians count. Searches: five times as often.", DefaultValueFactory = _ => 3 };
        var seconds = new Option<double>("--seconds") { Description = "How long each measurement of calls takes.", DefaultValueFactory = _ => 4 };
        var requests = new Option<int>("--requests") { Description = "Calls over which memory is watched.", DefaultValueFactory = _ => 100_000 };
        var searchOnly = new Option<bool>("--search-only") { Description = "Only searches and the half-step; no service is started." };
        var only = new Option<string?>("--only") { Description = "Only the rate of one kind of call, round after round: for profiling." };
        only.AcceptOnlyFromAmong(ServingBench.Kinds);
        var command = new Command(
            "serving", "Measures exact search beside a streaming read, and the service's calls beside empty ones, with what is demanded. Exit code 1 where a ratio misses it.")
        {
            viewers, videos, many, factors, rounds, seconds, requests, searchOnly, only,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => RunAsync(
            new ServingPlan(
                parsed.GetRequiredValue(viewers), parsed.GetRequiredValue(videos), parsed.GetRequiredValue(many), parsed.GetRequiredValue(factors),
                parsed.GetRequiredValue(rounds), parsed.GetRequiredValue(seconds), parsed.GetRequiredValue(requests)),
            parsed.GetValue(searchOnly), parsed.GetValue(only), parsed.InvocationConfiguration.Output, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ServingPlan plan, bool searchOnly, string? only, TextWriter output, CancellationToken cancellationToken)
    {
        if (only is not null) return await RatesAsync(plan, only, output);
        var verdicts = new Verdicts();
        try
        {
            verdicts.AtMost(FormattableString.Invariant($"fold-in of {FoldInEvents} events, {plan.Factors} factors, 1 thread, us"), SearchBench.FoldIn(plan.Videos, plan.Factors, FoldInEvents), 150);
            if (plan.ManyVideos > 0) SearchBench.Run(plan.ManyVideos, plan.Factors, 5 * plan.Rounds, verdicts, cancellationToken);
            if (!searchOnly)
            {
                await using var bench = await ServingBench.StartAsync(plan);
                await new CallMeasures(bench, plan, verdicts).RunAsync();
            }
        }
        finally
        {
            verdicts.WriteTo(output);
        }
        return verdicts.AllHold ? 0 : 1;
    }

    private static async Task<int> RatesAsync(ServingPlan plan, string only, TextWriter output)
    {
        await using var bench = await ServingBench.StartAsync(plan);
        await bench.WarmUpAsync();
        for (var round = 0; round < plan.Rounds; round++)
        {
            var (begin, clock) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
            var rate = await bench.RateAsync(plan.Seconds, bench.CallOf(only));
            var cost = (Environment.CpuUsage.TotalTime - begin).TotalMicroseconds / (rate * clock.Elapsed.TotalSeconds);
            await output.WriteLineAsync(FormattableString.Invariant($"{only}: {rate:N0} a second, {cost:N0} us of processor time a call, clients and broker included, Redis not"));
        }
        return 0;
    }
}
