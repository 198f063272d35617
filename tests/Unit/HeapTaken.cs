using System.Runtime.CompilerServices;

namespace Recommender.Tests.Unit;

/// <summary>How much of the managed heap a thing takes.</summary>
internal static class HeapTaken
{
    private const int Times = 3;

    /// <summary>Bytes held by what <paramref name="build"/> returns: the most of three times, since what others let go of meanwhile (pools that are trimmed) makes it seem less.</summary>
    public static long By(Func<object> build)
    {
        // Fills pools and what is kept for good.
        build();
        return Enumerable.Range(0, Times).Max(_ => Once(build));
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
