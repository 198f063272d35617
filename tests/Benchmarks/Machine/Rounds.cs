using System.Diagnostics;

namespace Recommender.Tests.Benchmarks.Machine;

/// <summary>Runs a piece of work on several threads at once, some times over.</summary>
internal static class Rounds
{
    private const int Tries = 5;
    private static float s_sink;

    /// <summary>The best rate over some tries.</summary>
    /// <param name="threads">Threads that do the work at the same time, each all of it.</param>
    /// <param name="work">The work; its result is kept so that it is not optimized away.</param>
    /// <param name="amount">What one thread gets done in one call.</param>
    /// <returns>Amount per second of all threads.</returns>
    public static double BestRate(int threads, Func<float> work, double amount)
    {
        s_sink += work();
        var best = 0.0;
        for (var n = 0; n < Tries; n++)
        {
            var clock = Stopwatch.StartNew();
            var helpers = Enumerable.Range(1, threads - 1).Select(_ =>
            {
                var thread = new Thread(() => s_sink += work());
                thread.Start();
                return thread;
            }).ToArray();
            s_sink += work();
            foreach (var helper in helpers) helper.Join();
            best = Math.Max(best, threads * amount / clock.Elapsed.TotalSeconds);
        }

        return best;
    }
}
