using System.Numerics;
using System.Runtime.InteropServices;

namespace Recommender.Modeling.Numerics;

/// <summary>
/// The gram matrix factors' * factors, summed in float64 over fixed blocks of rows: equal bits whatever the number of threads.
/// </summary>
internal static class Gram
{
    private const int MostBlocks = 16;
    private const int RowsAtOnce = 4;

    /// <summary>
    /// Writes scale * factors' * factors to <paramref name="destination"/> (stride x stride, row-major, symmetric). Rows and columns from k up are those of the identity, so that a padded system stays positive definite.
    /// </summary>
    public static void Compute(ReadOnlyMemory<float> factors, int k, double scale, Span<float> destination, int threads, CancellationToken cancellationToken)
    {
        var stride = Lanes.RoundUp(k);
        var rows = factors.Length / k;
        var blockRows = Math.Max(512, (rows + MostBlocks - 1) / MostBlocks);
        var blocks = (rows + blockRows - 1) / blockRows;
        var sums = new double[blocks][];
        RowWorkers.Run(blocks, 1, threads, static () => 0, (_, from, to) =>
        {
            for (var block = from; block < to; block++)
            {
                var first = block * blockRows;
                var count = Math.Min(blockRows, rows - first);
                sums[block] = SumOf(factors.Span.Slice(first * k, count * k), k, stride);
            }
        }, cancellationToken);

        for (var i = 0; i < stride; i++)
        {
            for (var j = i; j < stride; j++)
            {
                var sum = 0.0;
                foreach (var block in sums) sum += block[(i * stride) + j];
                var value = j < k ? (float)(scale * sum) : i == j ? 1f : 0f;
                destination[(i * stride) + j] = value;
                destination[(j * stride) + i] = value;
            }
        }
    }

    private static double[] SumOf(ReadOnlySpan<float> rows, int k, int stride)
    {
        var sum = new double[stride * stride];
        var wide = new double[RowsAtOnce * stride];
        for (var at = 0; at < rows.Length; at += RowsAtOnce * k)
        {
            for (var r = 0; r < RowsAtOnce; r++)
            {
                var into = wide.AsSpan(r * stride, k);
                if (at + (r * k) >= rows.Length) into.Clear();
                else for (var j = 0; j < k; j++) into[j] = rows[at + (r * k) + j];
            }

            AddOuterProducts(sum, wide, k, stride);
        }

        return sum;
    }

    // Products of two float32 are exact in float64 and each cell is summed in the order of the rows: the width of the vectors does not
    // change a bit.
    private static void AddOuterProducts(double[] sum, double[] wide, int k, int stride)
    {
        var r0 = Vectors(wide, 0, stride);
        var r1 = Vectors(wide, 1, stride);
        var r2 = Vectors(wide, 2, stride);
        var r3 = Vectors(wide, 3, stride);
        for (var i = 0; i < k; i++)
        {
            var row = Vectors(sum, i, stride);
            var (a0, a1, a2, a3) = (wide[i], wide[stride + i], wide[(2 * stride) + i], wide[(3 * stride) + i]);
            for (var j = i / Vector<double>.Count; j < row.Length; j++)
                row[j] = row[j] + (r0[j] * a0) + (r1[j] * a1) + (r2[j] * a2) + (r3[j] * a3);
        }
    }

    private static Span<Vector<double>> Vectors(double[] array, int row, int stride) =>
        MemoryMarshal.Cast<double, Vector<double>>(array.AsSpan(row * stride, stride));
}
