using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recommender.Modeling.Numerics;

/// <summary>
/// The gram matrix factors' * factors, summed in float64 over fixed blocks of rows: equal bits whatever the number of threads. Products of
/// two float32 are exact in float64 and each cell is summed in the order of the rows, so the width of the vectors does not change a bit either.
/// </summary>
internal static unsafe class Gram
{
    private const int MostBlocks = 16;
    private const int MostCells = 1 << 21;
    private const int PanelRows = 32;

    /// <summary>factors' * factors of row-major rows without padding: k x k, row-major, symmetric.</summary>
    public static double[] Of(ReadOnlyMemory<float> factors, int k, int threads, CancellationToken cancellationToken)
    {
        using var pin = factors.Pin();
        return Sum((float*)pin.Pointer, factors.Length / k, k, k, threads, cancellationToken);
    }

    /// <summary>factors' * factors of a table, factors x factors, row-major, symmetric.</summary>
    public static double[] Of(FactorTable table, int threads, CancellationToken cancellationToken)
    {
        var sum = Sum(table.Pointer, table.RowCount, table.Factors, table.Stride, threads, cancellationToken);
        GC.KeepAlive(table);
        return sum;
    }

    private static double[] Sum(float* factors, int rows, int k, int rowStride, int threads, CancellationToken cancellationToken)
    {
        var mostBlocks = Math.Clamp(MostCells / (k * k), 2, MostBlocks);
        var blockRows = Math.Max(512, (rows + mostBlocks - 1) / mostBlocks);
        var blocks = (rows + blockRows - 1) / blockRows;
        var stride = Lanes.RoundUp(k);
        var sums = new double[blocks][];
        var source = (nint)factors;
        RowWorkers.Run(blocks, 1, threads, () => new double[PanelRows * stride], (panel, from, to) =>
        {
            for (var block = from; block < to; block++)
            {
                var first = block * blockRows;
                sums[block] = new double[stride * stride];
                AddRows(sums[block], panel, (float*)source + ((nint)first * rowStride), Math.Min(blockRows, rows - first), k, rowStride, stride);
            }
        }, cancellationToken);

        var result = new double[k * k];
        for (var i = 0; i < k; i++)
        {
            for (var j = i; j < k; j++)
            {
                var sum = 0.0;
                foreach (var block in sums) sum += block[(i * stride) + j];
                result[(i * k) + j] = result[(j * k) + i] = sum;
            }
        }

        return result;
    }

    private static void AddRows(double[] sum, double[] panel, float* rows, int count, int k, int rowStride, int stride)
    {
        Array.Clear(panel);
        fixed (double* s = sum)
        fixed (double* p = panel)
        {
            for (var from = 0; from < count; from += PanelRows)
            {
                var some = Math.Min(PanelRows, count - from);
                for (var r = 0; r < some; r++)
                {
                    var row = rows + ((nint)(from + r) * rowStride);
                    Widen(row, p + ((nint)r * stride), k);
                }

                for (var i = 0; i < stride; i += 4)
                {
                    for (var j = i & -Width; j < stride; j += Width)
                    {
                        if (Vector512.IsHardwareAccelerated) Tile512(s + ((nint)i * stride) + j, p + i, p + j, some, stride);
                        else Tile(s + ((nint)i * stride) + j, p + i, p + j, some, stride);
                    }
                }
            }
        }
    }

    private static int Width => 2 * (Vector512.IsHardwareAccelerated ? Vector512<double>.Count : Vector<double>.Count);

    private static void Widen(float* from, double* to, int count)
    {
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(from + i), out var low, out var high);
            low.Store(to + i);
            high.Store(to + i + Vector<double>.Count);
        }

        for (; i < count; i++) to[i] = from[i];
    }

    // As Tile.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile512(double* tile, double* left, double* right, int count, nint stride)
    {
        const int W = 8;
        var (a0, a1) = (Vector512.Load(tile), Vector512.Load(tile + W));
        var (b0, b1) = (Vector512.Load(tile + stride), Vector512.Load(tile + stride + W));
        var (c0, c1) = (Vector512.Load(tile + (2 * stride)), Vector512.Load(tile + (2 * stride) + W));
        var (d0, d1) = (Vector512.Load(tile + (3 * stride)), Vector512.Load(tile + (3 * stride) + W));
        for (var t = 0; t < count; t++, left += stride, right += stride)
        {
            var (r0, r1) = (Vector512.Load(right), Vector512.Load(right + W));
            var (a, b) = (Vector512.Create(left[0]), Vector512.Create(left[1]));
            var (c, d) = (Vector512.Create(left[2]), Vector512.Create(left[3]));
            a0 = Vector512.FusedMultiplyAdd(r0, a, a0);
            a1 = Vector512.FusedMultiplyAdd(r1, a, a1);
            b0 = Vector512.FusedMultiplyAdd(r0, b, b0);
            b1 = Vector512.FusedMultiplyAdd(r1, b, b1);
            c0 = Vector512.FusedMultiplyAdd(r0, c, c0);
            c1 = Vector512.FusedMultiplyAdd(r1, c, c1);
            d0 = Vector512.FusedMultiplyAdd(r0, d, d0);
            d1 = Vector512.FusedMultiplyAdd(r1, d, d1);
        }

        a0.Store(tile);
        a1.Store(tile + W);
        b0.Store(tile + stride);
        b1.Store(tile + stride + W);
        c0.Store(tile + (2 * stride));
        c1.Store(tile + (2 * stride) + W);
        d0.Store(tile + (3 * stride));
        d1.Store(tile + (3 * stride) + W);
    }

    // Four rows and two vectors of the sum stay in registers. A product is exact, so that it changes no bit whether one is rounded before it is added.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(double* tile, double* left, double* right, int count, nint stride)
    {
        var w = Vector<double>.Count;
        var (a0, a1) = (Vector.Load(tile), Vector.Load(tile + w));
        var (b0, b1) = (Vector.Load(tile + stride), Vector.Load(tile + stride + w));
        var (c0, c1) = (Vector.Load(tile + (2 * stride)), Vector.Load(tile + (2 * stride) + w));
        var (d0, d1) = (Vector.Load(tile + (3 * stride)), Vector.Load(tile + (3 * stride) + w));
        for (var t = 0; t < count; t++, left += stride, right += stride)
        {
            var (r0, r1) = (Vector.Load(right), Vector.Load(right + w));
            var (a, b, c, d) = (new Vector<double>(left[0]), new Vector<double>(left[1]), new Vector<double>(left[2]), new Vector<double>(left[3]));
            a0 = Vector.MultiplyAddEstimate(r0, a, a0);
            a1 = Vector.MultiplyAddEstimate(r1, a, a1);
            b0 = Vector.MultiplyAddEstimate(r0, b, b0);
            b1 = Vector.MultiplyAddEstimate(r1, b, b1);
            c0 = Vector.MultiplyAddEstimate(r0, c, c0);
            c1 = Vector.MultiplyAddEstimate(r1, c, c1);
            d0 = Vector.MultiplyAddEstimate(r0, d, d0);
            d1 = Vector.MultiplyAddEstimate(r1, d, d1);
        }

        a0.Store(tile);
        a1.Store(tile + w);
        b0.Store(tile + stride);
        b1.Store(tile + stride + w);
        c0.Store(tile + (2 * stride));
        c1.Store(tile + (2 * stride) + w);
        d0.Store(tile + (3 * stride));
        d1.Store(tile + (3 * stride) + w);
    }
}
