using System.Numerics;
using System.Runtime.CompilerServices;

namespace Recommender.Tests.Benchmarks.Machine;

/// <summary>The rate at which memory far larger than any cache is read once, front to back.</summary>
internal static class StreamingRead
{
    private const int Megabytes = 512;

    /// <summary>GB/s of all threads together, the best of several tries.</summary>
    public static double Measure(int threads)
    {
        var data = GC.AllocateUninitializedArray<float>(Megabytes << 18);
        Array.Fill(data, 1f);
        var part = data.Length / threads;
        var taken = -1;
        return Rounds.BestRate(threads, () => Sum(data.AsSpan((Interlocked.Increment(ref taken) % threads) * part, part)), part * 4e-9);
    }

    /// <summary>Reads all of the data.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Sum(ReadOnlySpan<float> data)
    {
        var vectors = System.Runtime.InteropServices.MemoryMarshal.Cast<float, Vector<float>>(data);
        var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        for (var i = 0; i + 3 < vectors.Length; i += 4)
        {
            a += vectors[i];
            b += vectors[i + 1];
            c += vectors[i + 2];
            d += vectors[i + 3];
        }

        return Vector.Sum(a + b + c + d);
    }
}
