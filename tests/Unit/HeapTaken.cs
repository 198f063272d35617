using System.Runtime.CompilerServices;

namespace Recommender.Tests.Unit;

/// <summary>How much of the managed heap a thing takes.</summary>
internal static class HeapTaken
{
    private const int Times = 5;

    /// <summary>
    /// Bytes held by what <paramref name="build"/> returns: the median of five times, since what others let go of meanwhile (pools that are trimmed) makes
    /// it seem less, and what they begin to keep makes it seem more.
    /// </summary>
    public static long By(Func<object> build)
    {
        // Fills pools and what is kept for good.
        build();
        return Enumerable.Range(0, Times).Select(_ => Once(build)).Order().ElementAt(Times / 2);
    }

    // Alone in its method, so that nothing built before is still held by a local variable.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Once(Func<object> build)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var built = build();
        var taken = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(built);
        return taken;
    }
}
