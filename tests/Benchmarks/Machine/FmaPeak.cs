using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recommender.Tests.Benchmarks.Machine;

/// <summary>The most float32 operations a second that chains of fused multiply-adds in registers reach.</summary>
internal static class FmaPeak
{
    private const int Steps = 20_000_000;

    /// <summary>GFLOP/s of all threads together, the best of several tries.</summary>
    public static double Measure(int threads) =>
        Vector512.IsHardwareAccelerated ? Rounds.BestRate(threads, () => Run512(Steps), 2.0 * 12 * 16 * Steps * 1e-9)
        : Rounds.BestRate(threads, () => Run256(Steps), 2.0 * 12 * 8 * Steps * 1e-9);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Run512(int steps)
    {
        var (m, z) = (Vector512.Create(0.999999f), Vector512.Create(1e-9f));
        Vector512<float> a = z, b = z, c = z, d = z, e = z, f = z, g = z, h = z, i = z, j = z, k = z, l = z;
        for (var n = 0; n < steps; n++)
        {
            a = Vector512.FusedMultiplyAdd(a, m, z);
            b = Vector512.FusedMultiplyAdd(b, m, z);
            c = Vector512.FusedMultiplyAdd(c, m, z);
            d = Vector512.FusedMultiplyAdd(d, m, z);
            e = Vector512.FusedMultiplyAdd(e, m, z);
            f = Vector512.FusedMultiplyAdd(f, m, z);
            g = Vector512.FusedMultiplyAdd(g, m, z);
            h = Vector512.FusedMultiplyAdd(h, m, z);
            i = Vector512.FusedMultiplyAdd(i, m, z);
            j = Vector512.FusedMultiplyAdd(j, m, z);
            k = Vector512.FusedMultiplyAdd(k, m, z);
            l = Vector512.FusedMultiplyAdd(l, m, z);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Run256(int steps)
    {
        var (m, z) = (Vector256.Create(0.999999f), Vector256.Create(1e-9f));
        Vector256<float> a = z, b = z, c = z, d = z, e = z, f = z, g = z, h = z, i = z, j = z, k = z, l = z;
        for (var n = 0; n < steps; n++)
        {
            a = Vector256.FusedMultiplyAdd(a, m, z);
            b = Vector256.FusedMultiplyAdd(b, m, z);
            c = Vector256.FusedMultiplyAdd(c, m, z);
            d = Vector256.FusedMultiplyAdd(d, m, z);
            e = Vector256.FusedMultiplyAdd(e, m, z);
            f = Vector256.FusedMultiplyAdd(f, m, z);
            g = Vector256.FusedMultiplyAdd(g, m, z);
            h = Vector256.FusedMultiplyAdd(h, m, z);
            i = Vector256.FusedMultiplyAdd(i, m, z);
            j = Vector256.FusedMultiplyAdd(j, m, z);
            k = Vector256.FusedMultiplyAdd(k, m, z);
            l = Vector256.FusedMultiplyAdd(l, m, z);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
