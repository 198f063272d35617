using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Recommender.Tests.Benchmarks.Machine;

/// <summary>
/// The float32 rate of a matrix product C += A * B in cache blocks with packed panels, written for this measurement: what a good sgemm
/// reaches here. Shares of the peak are taken of the better of this and nothing else, so that the product's kernels can't flatter themselves.
/// </summary>
internal static unsafe class SgemmPeak
{
    // A block of A (Rows x Depth) stays in the second-level cache, a panel of B (Depth x 32) in the first.
    private const int Rows = 96;
    private const int Depth = 256;
    private const int Columns = 1536;
    private const int Repeats = 12;

    /// <summary>GFLOP/s of all threads together, the best of several tries.</summary>
    public static double Measure(int threads)
    {
        using var matrices = new ThreadLocal<Matrices>(() => new Matrices(), trackAllValues: true);
        var rate = Rounds.BestRate(threads, () => matrices.Value!.Multiply(), 2.0 * Rows * Depth * Columns * Repeats * 1e-9);
        foreach (var m in matrices.Values) m.Dispose();
        return rate;
    }

    private sealed class Matrices : IDisposable
    {
        private readonly float* _a = Allocate(Rows * Depth);
        private readonly float* _b = Allocate(Depth * Columns);
        private readonly float* _c = Allocate(Rows * Columns);

        public float Multiply()
        {
            for (var n = 0; n < Repeats; n++)
            {
                for (var column = 0; column < Columns; column += 32)
                {
                    var panel = _b + ((nint)column * Depth);
                    if (Vector512.IsHardwareAccelerated)
                    {
                        for (var row = 0; row < Rows; row += 12) Tile512(_a + (row * Depth), panel, _c + ((nint)row * Columns) + column);
                    }
                    else
                    {
                        for (var row = 0; row < Rows; row += 6)
                        {
                            Tile256(_a + (row * Depth), panel, _c + ((nint)row * Columns) + column);
                            Tile256(_a + (row * Depth), panel + (16 * Depth), _c + ((nint)row * Columns) + column + 16);
                        }
                    }
                }
            }

            return _c[0];
        }

        public void Dispose()
        {
            NativeMemory.AlignedFree(_a);
            NativeMemory.AlignedFree(_b);
            NativeMemory.AlignedFree(_c);
        }

        private static float* Allocate(int length)
        {
            var memory = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 64);
            for (var i = 0; i < length; i++) memory[i] = 1e-3f;
            return memory;
        }

        // A is packed as 12 values per step of depth, B as 32.
        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private static void Tile512(float* a, float* b, float* c)
        {
            var z = Vector512<float>.Zero;
            Vector512<float> c00 = z, c01 = z, c10 = z, c11 = z, c20 = z, c21 = z, c30 = z, c31 = z, c40 = z, c41 = z, c50 = z, c51 = z;
            Vector512<float> c60 = z, c61 = z, c70 = z, c71 = z, c80 = z, c81 = z, c90 = z, c91 = z, ca0 = z, ca1 = z, cb0 = z, cb1 = z;
            for (var d = 0; d < Depth; d++, a += 12, b += 32)
            {
                var (b0, b1) = (Vector512.Load(b), Vector512.Load(b + 16));
                Step(a[0], b0, b1, ref c00, ref c01);
                Step(a[1], b0, b1, ref c10, ref c11);
                Step(a[2], b0, b1, ref c20, ref c21);
                Step(a[3], b0, b1, ref c30, ref c31);
                Step(a[4], b0, b1, ref c40, ref c41);
                Step(a[5], b0, b1, ref c50, ref c51);
                Step(a[6], b0, b1, ref c60, ref c61);
                Step(a[7], b0, b1, ref c70, ref c71);
                Step(a[8], b0, b1, ref c80, ref c81);
                Step(a[9], b0, b1, ref c90, ref c91);
                Step(a[10], b0, b1, ref ca0, ref ca1);
                Step(a[11], b0, b1, ref cb0, ref cb1);
            }

            Add(c, c00, c01);
            Add(c + Columns, c10, c11);
            Add(c + (2 * Columns), c20, c21);
            Add(c + (3 * Columns), c30, c31);
            Add(c + (4 * Columns), c40, c41);
            Add(c + (5 * Columns), c50, c51);
            Add(c + (6 * Columns), c60, c61);
            Add(c + (7 * Columns), c70, c71);
            Add(c + (8 * Columns), c80, c81);
            Add(c + (9 * Columns), c90, c91);
            Add(c + (10 * Columns), ca0, ca1);
            Add(c + (11 * Columns), cb0, cb1);
        }

        // A is packed as 6 values per step of depth, B as 16.
        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private static void Tile256(float* a, float* b, float* c)
        {
            var z = Vector256<float>.Zero;
            Vector256<float> c00 = z, c01 = z, c10 = z, c11 = z, c20 = z, c21 = z, c30 = z, c31 = z, c40 = z, c41 = z, c50 = z, c51 = z;
            for (var d = 0; d < Depth; d++, a += 6, b += 16)
            {
                var (b0, b1) = (Vector256.Load(b), Vector256.Load(b + 8));
                Step(a[0], b0, b1, ref c00, ref c01);
                Step(a[1], b0, b1, ref c10, ref c11);
                Step(a[2], b0, b1, ref c20, ref c21);
                Step(a[3], b0, b1, ref c30, ref c31);
                Step(a[4], b0, b1, ref c40, ref c41);
                Step(a[5], b0, b1, ref c50, ref c51);
            }

            Add(c, c00, c01);
            Add(c + Columns, c10, c11);
            Add(c + (2 * Columns), c20, c21);
            Add(c + (3 * Columns), c30, c31);
            Add(c + (4 * Columns), c40, c41);
            Add(c + (5 * Columns), c50, c51);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Step(float a, Vector512<float> b0, Vector512<float> b1, ref Vector512<float> c0, ref Vector512<float> c1)
        {
            c0 = Vector512.FusedMultiplyAdd(Vector512.Create(a), b0, c0);
            c1 = Vector512.FusedMultiplyAdd(Vector512.Create(a), b1, c1);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Step(float a, Vector256<float> b0, Vector256<float> b1, ref Vector256<float> c0, ref Vector256<float> c1)
        {
            c0 = Vector256.FusedMultiplyAdd(Vector256.Create(a), b0, c0);
            c1 = Vector256.FusedMultiplyAdd(Vector256.Create(a), b1, c1);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Add(float* c, Vector512<float> c0, Vector512<float> c1)
        {
            (Vector512.Load(c) + c0).Store(c);
            (Vector512.Load(c + 16) + c1).Store(c + 16);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Add(float* c, Vector256<float> c0, Vector256<float> c1)
        {
            (Vector256.Load(c) + c0).Store(c);
            (Vector256.Load(c + 8) + c1).Store(c + 8);
        }
    }
}
