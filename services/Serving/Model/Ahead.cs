using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Recommender.Serving.Model;

/// <summary>Asks for lines of memory that are read soon, so that many are on their way at once. A hint: it changes nothing but the time that reading takes.</summary>
internal static unsafe class Ahead
{
    private const int Line = 64;

    /// <summary>Asks for what begins there.</summary>
    public static void Of<T>(ref T place)
    {
        // An object that moves meanwhile makes it a wrong hint, never a fault.
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref place));
    }

    /// <summary>Asks for an object of up to two lines, without looking at it.</summary>
    public static void OfObject<T>(T? reference) where T : class
    {
        if (!Sse.IsSupported) return;
        var at = *(byte**)Unsafe.AsPointer(ref reference);
        Sse.Prefetch0(at);
        Sse.Prefetch0(at + Line);
    }
}
