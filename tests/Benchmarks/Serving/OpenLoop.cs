using System.Diagnostics;
using System.Runtime.InteropServices;
using HdrHistogram;

namespace Recommender.Tests.Benchmarks.Serving;

/// <summary>
/// Sends calls at a fixed rate whatever the server does, and measures each from the moment at which it was due: a server that stands still
/// makes all calls late that were due meanwhile, not only those that happened to be under way (no coordinated omission).
/// </summary>
internal static partial class OpenLoop
{
    private const int NapMicroseconds = 50;

    /// <summary>Sends calls for a while and waits for the last answer.</summary>
    /// <param name="rate">Calls a second.</param>
    /// <param name="seconds">For how long.</param>
    /// <param name="call">Makes a call; its number is given.</param>
    /// <returns>What they took.</returns>
    public static Latencies Run(double rate, double seconds, Func<int, Task> call)
    {
        var latencies = new Latencies();
        var total = (int)(rate * seconds);
        var ticksPerCall = Stopwatch.Frequency / rate;
        using var left = new CountdownEvent(total);
        var begin = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < total;)
        {
            for (var now = Stopwatch.GetTimestamp(); sent < total && begin + (sent * ticksPerCall) <= now; sent++)
                _ = MeasureAsync(call(sent), begin + (long)(sent * ticksPerCall), latencies, left);
            Nap();
        }
        left.Wait();
        return latencies;
    }

    private static async Task MeasureAsync(Task call, long due, Latencies latencies, CountdownEvent left)
    {
        try
        {
            await call;
            latencies.Add(due, Stopwatch.GetTimestamp());
        }
        catch (Grpc.Core.RpcException)
        {
            latencies.Fail();
        }
        finally
        {
            left.Signal();
        }
    }

    /// <summary>A sleep is a millisecond at least elsewhere, which is longer than calls take.</summary>
    private static void Nap()
    {
        if (OperatingSystem.IsLinux()) _ = Sleep(NapMicroseconds);
        else Thread.Yield();
    }

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int Sleep(uint microseconds);
}

/// <summary>How long calls took, and how many failed. Safe for concurrent use.</summary>
internal sealed class Latencies
{
    private const long MostMicroseconds = 60_000_000;

    private readonly LongConcurrentHistogram _microseconds = new(1, MostMicroseconds, 3);
    private int _failed;

    public int Failed => _failed;

    public long Count => _microseconds.TotalCount;

    /// <summary>Milliseconds below which the given percentage of the calls stayed.</summary>
    public double Percentile(double percentage) => _microseconds.GetValueAtPercentile(percentage) / 1000.0;

    public double Longest => Percentile(100);

    public void Add(long from, long to) => _microseconds.RecordValue(Math.Clamp((long)Stopwatch.GetElapsedTime(from, to).TotalMicroseconds, 1, MostMicroseconds));

    public void Fail() => Interlocked.Increment(ref _failed);
}
