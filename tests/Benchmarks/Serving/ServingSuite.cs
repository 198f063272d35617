using System.CommandLine;
using System.Diagnostics;
using Recommender.Modeling.Retrieval;
using Recommender.Tests.Benchmarks.Reporting;

namespace Recommender.Tests.Benchmarks.Serving;

/// <summary><c>build/bench serving</c>: exact search over all videos, beside reading the same bytes once.</summary>
internal sealed class ServingSuite : IBenchmarkSuite
{
    private const int Best = 100;

    /// <summary>Rounds in which the compiler finds out what is worth its work.</summary>
    private const int WarmUp = 10;

    public Command CreateCommand()
    {
        var items = new Option<int>("--videos") { Description = "Videos in the catalog.", DefaultValueFactory = _ => 1_000_000 };
        var factors = new Option<int>("--factors") { Description = "Length of the vectors.", DefaultValueFactory = _ => 64 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds, in each of which everything is measured once.", DefaultValueFactory = _ => 15 };
        var command = new Command("serving", "Exact search for the best hundred videos on one thread: float32 and eight bits, against a streaming read of the same bytes.") { items, factors, rounds };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => Run(
            parsed.GetRequiredValue(items), parsed.GetRequiredValue(factors), parsed.GetRequiredValue(rounds), parsed.InvocationConfiguration.Output, cancellationToken), cancellationToken));
        return command;
    }

    private static int Run(int items, int factors, int rounds, TextWriter output, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var rows = new float[(long)items * factors];
        for (var i = 0L; i < rows.LongLength; i++) rows[i] = Normal(random);
        var (packed, quantized) = (new PackedFactors(rows, factors), new QuantizedFactors(rows, factors));
        var queries = Enumerable.Range(0, Math.Max(rounds, WarmUp + 1)).Select(_ => Enumerable.Range(0, factors).Select(_ => Normal(random)).ToArray()).ToArray();
        var (exact, found) = (new ScoredItem[Best], new ScoredItem[Best]);
        var (read, full, eight, same) = (new List<double>(), new List<double>(), new List<double>(), 0);
        for (var round = -WarmUp; round < rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var query = queries[Math.Abs(round)];
            // In turn, so that what else the machine does falls on all of them; the first ones warm up.
            var times = (Time(() => Sum(rows)), Time(() => TopK.Search(packed, query, default, exact)), Time(() => QuantizedTopK.Search(quantized, packed, query, default, found)));
            if (round < 0) continue;
            read.Add(times.Item1);
            full.Add(times.Item2);
            eight.Add(times.Item3);
            if (exact.SequenceEqual(found)) same++;
        }

        var (once, plain, quick) = (Median(read), Median(full), Median(eight));
        output.WriteLine(FormattableString.Invariant($"{items} videos x {factors} factors, best {Best}, one thread, medians of {rounds} rounds; eight bits in hardware: {QuantizedFactors.IsAccelerated}"));
        var table = new Table(["", "ms", "of reading float32 once"]);
        foreach (var (name, time) in (ReadOnlySpan<(string, double)>)[("reading float32 once", once), ("float32 search", plain), ("eight-bit search", quick)])
            table.Add([name, FormattableString.Invariant($"{time:F2}"), FormattableString.Invariant($"{time / once:F2}")]);
        table.WriteTo(output);
        output.WriteLine(FormattableString.Invariant($"eight bits are {plain / quick:F1} times as fast; {same} of {rounds} results are the same bit for bit"));
        return same == rounds ? 0 : 1;
    }

    private static double Time(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalMilliseconds;
    }

    private static void Sum(float[] data) => GC.KeepAlive(Machine.StreamingRead.Sum(data));

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static float Normal(Random random)
    {
        var sum = 0f;
        for (var i = 0; i < 4; i++) sum += random.NextSingle();
        return sum - 2;
    }
}
