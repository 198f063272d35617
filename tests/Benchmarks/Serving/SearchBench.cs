using System.Diagnostics;
using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Sparse;
using Recommender.Tests.Benchmarks.Machine;

namespace Recommender.Tests.Benchmarks.Serving;

/// <summary>Exact search over all videos beside a streaming read of the same bytes, on as many threads; and the half-step of a viewer.</summary>
internal static class SearchBench
{
    private const int Best = 100;
    private const int BatchSize = 64;

    /// <summary>Rounds in which the compiler finds out what is worth its work.</summary>
    private const int WarmUp = 10;

    public static void Run(int items, int factors, int rounds, Verdicts verdicts, CancellationToken cancellationToken)
    {
        var rows = GeneratedModel.Rows(items, factors, seed: 1);
        var (packed, quantized) = (new PackedFactors(rows, factors), new QuantizedFactors(rows, factors));
        foreach (var threads in (int[])[1, 2])
        {
            var (read, full, eight, same) = (new List<double>(), new List<double>(), new List<double>(), true);
            var random = new Random(2);
            var (exact, found) = (Results(threads), Results(threads));
            for (var round = -WarmUp; round < rounds; round++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var query = GeneratedModel.Query(factors, random);
                // In turn, so that what else the machine does falls on all of them.
                var times = (
                    Time(threads, _ => StreamingRead.Sum(rows)),
                    Time(threads, t => TopK.Search(packed, query, default, exact[t])),
                    Time(threads, t => QuantizedTopK.Search(quantized, packed, rows, query, default, found[t])));
                same &= exact.Zip(found).All(pair => pair.First.SequenceEqual(pair.Second));
                if (round < 0) continue;
                read.Add(times.Item1);
                full.Add(times.Item2);
                eight.Add(times.Item3);
            }
            var (once, plain, quick) = (Median(read), Median(full), Median(eight));
            var on = FormattableString.Invariant($"top {Best} of {items} x {factors}, {threads} thread(s), each all of it");
            verdicts.Tell($"{on}: read once", once, "ms");
            verdicts.Tell($"{on}: float32", plain, "ms");
            verdicts.Tell($"{on}: eight bits", quick, "ms");
            verdicts.AtMost($"{on}: float32 by reading", plain / once, 1.3);
            verdicts.AtLeast($"{on}: float32 by eight bits", plain / quick, 3);
            verdicts.AtLeast($"{on}: reading by eight bits", once / quick, 3);
            verdicts.AtLeast($"{on}: recall of eight bits, bit for bit", same ? 1 : 0, 1);
        }
        verdicts.Tell(FormattableString.Invariant($"top {Best} of {items} x {factors}, batches of {BatchSize}, 1 thread: per query"), Batch(new NormOrder(rows, factors), factors, cancellationToken), "ms");
    }

    /// <summary>Microseconds of one viewer's half-step with some events, one thread, the median.</summary>
    public static double FoldIn(int items, int factors, int events)
    {
        var foldIn = new ViewerFoldIn(GeneratedModel.Rows(items, factors, seed: 1), factors, new FoldInSettings());
        var (random, viewer, times) = (new Random(3), new float[factors], new List<double>());
        float[] confidences = [.. Enumerable.Range(0, events).Select(_ => 1 + random.NextSingle())];
        for (var round = 0; round < 4000; round++)
        {
            // One of each part of the catalog, so that they differ.
            int[] some = [.. Enumerable.Range(0, events).Select(e => (e * (items / events)) + random.Next(items / events))];
            var begin = Stopwatch.GetTimestamp();
            foldIn.Solve(some, confidences, viewer);
            if (round >= 2000) times.Add(Stopwatch.GetElapsedTime(begin).TotalMicroseconds);
        }
        return Median(times);
    }

    private static double Batch(NormOrder items, int factors, CancellationToken cancellationToken)
    {
        var queries = new FactorMatrix(BatchSize, factors, GeneratedModel.Rows(BatchSize, factors, seed: 4));
        var wanted = new TopListQuery(Enumerable.Range(0, BatchSize).ToArray(), InteractionMatrix.Empty(BatchSize, items.ItemCount), Best) { Threads = 1 };
        var times = new List<double>();
        for (var round = 0; round < 7; round++)
        {
            var time = Time(1, _ => TopLists.Search(items, queries, wanted, static (_, _) => { }, cancellationToken));
            if (round >= 2) times.Add(time / BatchSize);
        }
        return Median(times);
    }

    private static ScoredItem[][] Results(int threads) => [.. Enumerable.Range(0, threads).Select(_ => new ScoredItem[Best])];

    private static double Time(int threads, Action<int> work)
    {
        var others = Enumerable.Range(1, threads - 1).Select(t => new Thread(() => work(t))).ToArray();
        var clock = Stopwatch.StartNew();
        foreach (var other in others) other.Start();
        work(0);
        foreach (var other in others) other.Join();
        return clock.Elapsed.TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
