namespace Recommender.Tests.Unit;

/// <summary>How much of the managed heap an action allocates.</summary>
internal static class Allocated
{
    private const int Times = 5;

    /// <summary>
    /// Bytes that <paramref name="act"/> allocates on this thread: the least of five times, since what is kept for the next time (pools, types) is made
    /// in the first one, and anew where the runtime has trimmed it meanwhile.
    /// </summary>
    public static long By(Action act)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Times; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            act();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
