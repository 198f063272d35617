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

    /// <summary>Reads all of the data but for a rest of less than four pages, four pages side by side, which is faster than one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Sum(ReadOnlySpan<float> data)
    {
        var vectors = System.Runtime.InteropServices.MemoryMarshal.Cast<float, Vector<float>>(data);
        var page = 4096 / (sizeof(float) * Vector<float>.Count);
        var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        for (var first = 0; first <= vectors.Length - (4 * page); first += 4 * page)
        {
            for (var i = first; i < first + page; i++)
            {
                a += vectors[i];
                b += vectors[i + page];
                c += vectors[i + (2 * page)];
                d += vectors[i + (3 * page)];
            }
        }

        return Vector.Sum(a + b + c + d);
    }
}
