using System.CommandLine;
using System.Globalization;
using Recommender.Tests.Benchmarks.Reporting;

namespace Recommender.Tests.Benchmarks.Events;

/// <summary><c>build/bench events</c>: the event path against raw clients of the same broker, and how fresh recommendations are.</summary>
internal sealed class EventsSuite : IBenchmarkSuite
{
    private static readonly string[] s_measurements = ["stream", "unary", "absorption", "freshness", "memory"];
    private static readonly string[] s_columns = ["what", "a second", "raw a second", "share", "CPU µs each", "raw CPU µs each"];

    public Command CreateCommand()
    {
        var events = new Option<int>("--events") { Description = "Events of each measurement; the embedded broker keeps some 100,000.", DefaultValueFactory = _ => 100_000 };
        var rounds = new Option<int>("--rounds") { Description = "How often each pair is measured in turn; the medians count.", DefaultValueFactory = _ => 3 };
        var seconds = new Option<int>("--seconds") { Description = "How long freshness is measured.", DefaultValueFactory = _ => 10 };
        var viewers = new Option<int>("--viewers") { Description = "Viewers who come while the feature service's memory is measured.", DefaultValueFactory = _ => 1_000_000 };
        var batch = new Option<int?>("--batch") { Description = "Records that the feature service absorbs together at most (Features:MaxBatch). Default: the service's." };
        var only = new Option<string[]>("--only") { Description = "What to measure: stream, unary, absorption, freshness, memory. Default: all.", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong(s_measurements);
        var command = new Command("events", "Measures the door and the absorption of events against raw clients of the same broker, and how soon an event changes recommendations.") { events, rounds, seconds, viewers, batch, only };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetValue(events), parsed.GetValue(rounds), parsed.GetValue(seconds), parsed.GetValue(viewers), parsed.GetValue(batch), parsed.GetValue(only) is { Length: > 0 } some ? some : s_measurements,
            parsed.InvocationConfiguration.Output));
        return command;
    }

    private static async Task<int> RunAsync(int events, int rounds, int seconds, int viewers, int? batch, string[] only, TextWriter output)
    {
        await using var bench = await EventBench.StartAsync();
        var table = new Table(s_columns);
        if (only.Contains("stream")) await AddAsync(table, "stream of events", rounds, () => bench.StreamAsync(events), () => bench.RawProducerAsync(events));
        if (only.Contains("unary")) await AddAsync(table, "unary calls, 128 in flight", rounds, () => bench.UnaryAsync(events / 5), () => bench.EmptyUnaryAsync(events / 5));
        if (only.Contains("absorption")) await AddAsync(table, "absorption with Redis", rounds, () => bench.AbsorbAsync(events, batch), () => bench.RawConsumerAsync(events));
        table.WriteTo(output);
        if (only.Contains("memory"))
        {
            var (tenths, peak) = await bench.MemoryAsync(viewers);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"feature service, {viewers:N0} viewers: {string.Join(' ', tenths.Select(t => t.ToString("0", CultureInfo.InvariantCulture)))} MiB resident after each tenth, {peak:0} at most"));
        }
        if (!only.Contains("freshness")) return 0;
        var delays = await bench.FreshnessAsync(seconds);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"acknowledged to changed recommendation at 2,000 events a second: p50 {delays[delays.Length / 2]:0.0} ms, p99 {delays[delays.Length * 99 / 100]:0.0} ms of {delays.Length} samples"));
        return 0;
    }

    private static async Task AddAsync(Table table, string what, int rounds, Func<Task<Measured>> ours, Func<Task<Measured>> raw)
    {
        var (own, bare) = (new List<Measured>(), new List<Measured>());
        for (var round = 0; round <= rounds; round++)
        {
            var pair = (await ours(), await raw());
            if (round == 0) continue; // compiles and warms up
            own.Add(pair.Item1);
            bare.Add(pair.Item2);
        }
        var (a, b) = (Median(own.ConvertAll(m => m.Rate)), Median(bare.ConvertAll(m => m.Rate)));
        var (spent, least) = (Median(own.ConvertAll(m => m.Micros)), Median(bare.ConvertAll(m => m.Micros)));
        table.Add([what, Text(a), Text(b), (a / b).ToString("P0", CultureInfo.InvariantCulture), spent.ToString("0.0", CultureInfo.InvariantCulture), least.ToString("0.0", CultureInfo.InvariantCulture)]);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Text(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
