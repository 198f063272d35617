namespace Recommender.Tests.Benchmarks.Serving;

/// <summary>What is measured on a running service: rates beside those of empty calls, latencies under load, model swaps under load, and memory.</summary>
internal sealed class CallMeasures(ServingBench bench, ServingPlan plan, Verdicts verdicts)
{
    private const double Load = 0.7;

    /// <summary>Bytes of the smallest object: what keeps one per call grows by as much.</summary>
    private const int SmallestObject = 24;

    public async Task RunAsync()
    {
        var (empty, precomputed) = await RatesAsync();
        Latency("empty call", empty, bench.EmptyAsync, out var bare);
        Latency("precomputed path", precomputed, bench.PrecomputedAsync, out var answered);
        verdicts.AtMost("precomputed path: p99 by the empty call's, each at 70 % of its own rate", answered.Percentile(99) / bare.Percentile(99), 3);
        Latency("empty call", precomputed, bench.EmptyAsync, out bare);
        verdicts.Tell("precomputed path: p99 by the empty call's, both as many a second", answered.Percentile(99) / bare.Percentile(99), "");
        verdicts.AtMost("answers of another kind than was measured", bench.OtherAnswers, 0.01);
        await SwapsAsync(precomputed);
        await GrowthAsync();
        if (plan.ManyVideos > 0) await ManyVideosAsync();
    }

    private async Task<(double Empty, double Precomputed)> RatesAsync()
    {
        var (empty, precomputed, realTime) = (new List<double>(), new List<double>(), new List<double>());
        await bench.WarmUpAsync();
        for (var round = 0; round < plan.Rounds; round++)
        {
            var rates = (await bench.RateAsync(plan.Seconds, bench.EmptyAsync), await bench.RateAsync(plan.Seconds, bench.PrecomputedAsync), await bench.RateAsync(plan.Seconds, bench.RealTimeAsync));
            empty.Add(rates.Item1);
            precomputed.Add(rates.Item2);
            realTime.Add(rates.Item3);
        }
        var (bare, lists, solved) = (Median(empty), Median(precomputed), Median(realTime));
        verdicts.Tell("empty unary calls", bare, "a second");
        verdicts.Tell("precomputed path", lists, "a second");
        verdicts.Tell(FormattableString.Invariant($"real-time path, {plan.Videos} videos"), solved, "a second");
        verdicts.AtLeast("precomputed path: rate by the empty call's", lists / bare, 0.5);
        verdicts.AtLeast("real-time path: rate by the empty call's", solved / bare, 0.2);
        return (bare, lists);
    }

    private void Latency(string what, double rate, Func<int, Task> call, out Latencies latencies)
    {
        var load = Load * rate;
        latencies = OpenLoop.Run(load, plan.Seconds, call);
        Tell(FormattableString.Invariant($"{what}, {load:N0} a second"), latencies);
    }

    /// <summary>Calls while models come and go, beside the same without: 35 % of what lists allow, which is more of what real time does.</summary>
    private async Task SwapsAsync(double rate)
    {
        const int Swaps = 6;
        string[] versions = ["20261101T000000Z-0002", "20261101T000000Z-0003"];
        foreach (var version in versions) bench.Save(version, plan.Videos);
        // No list is of either, so that all calls take the same way in both measurements.
        await bench.SwapAsync(versions[^1]);
        var calm = OpenLoop.Run(Load / 2 * rate, plan.Seconds, bench.AnyAsync);
        Tell("calls in real time without swaps, 35 % load", calm);
        var loading = Task.Run(() => OpenLoop.Run(Load / 2 * rate, 2 * plan.Seconds, bench.AnyAsync));
        var times = new List<double>();
        for (var swap = 0; swap < Swaps && !loading.IsCompleted; swap++) times.Add(await bench.SwapAsync(versions[swap % versions.Length]));
        var swapped = await loading;
        Tell(FormattableString.Invariant($"the same during {times.Count} swaps"), swapped);
        verdicts.Tell("a swap, from the record of what is live to the first answer: longest", times.Max(), "ms");
        verdicts.AtMost("failed calls during swaps", swapped.Failed, 0);
        await bench.SwapAsync(ServingBench.FirstVersion);
    }

    private async Task GrowthAsync()
    {
        await bench.CallsAsync(plan.Requests / 10, bench.PrecomputedAsync);
        var before = await bench.HeapBytesAsync();
        await bench.CallsAsync(plan.Requests, bench.PrecomputedAsync);
        var after = await bench.HeapBytesAsync();
        verdicts.AtMost(FormattableString.Invariant($"growth of the heap over {plan.Requests} calls, bytes a call"), (after - before) / (double)plan.Requests, SmallestObject / 3.0);
    }

    private async Task ManyVideosAsync()
    {
        const string Version = "20261101T000000Z-0009";
        bench.Save(Version, plan.ManyVideos);
        verdicts.Tell(FormattableString.Invariant($"swap to {plan.ManyVideos} videos: verified, loaded, warmed"), await bench.SwapAsync(Version), "ms");
        await bench.RateAsync(plan.Seconds, bench.RealTimeAsync);
        var rate = await bench.RateAsync(plan.Seconds, bench.RealTimeAsync);
        verdicts.Tell(FormattableString.Invariant($"real-time path, {plan.ManyVideos} videos"), rate, "a second");
        Latency(FormattableString.Invariant($"real-time path, {plan.ManyVideos} videos"), rate, bench.RealTimeAsync, out _);
    }

    private void Tell(string what, Latencies latencies)
    {
        verdicts.Tell($"{what}: p50", latencies.Percentile(50), "ms");
        verdicts.Tell($"{what}: p99", latencies.Percentile(99), "ms");
        verdicts.Tell($"{what}: p99.9", latencies.Percentile(99.9), "ms");
        verdicts.Tell($"{what}: longest", latencies.Longest, "ms");
        if (latencies.Failed > 0) verdicts.Tell($"{what}: failed", latencies.Failed, $"of {latencies.Count + latencies.Failed}");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
