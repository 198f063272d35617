using System.Runtime.CompilerServices;
using Recommender.Modeling.Retrieval;

namespace Recommender.Modeling.Numerics;

/// <summary>
/// Inverts a symmetric positive definite matrix in place by block sweeps (Gauss-Jordan elimination on the diagonal blocks): n^3 multiply-adds, nearly
/// all of them in one symmetric rank-128 update per block. Each cell is summed by one thread in a fixed order: equal bits whatever the number of threads.
/// </summary>
internal static unsafe class SpdInverse
{
    private const int BlockRows = 128;
    private const int RowsAtOnce = 64;

    /// <summary>Inverts the matrix of which the upper triangle counts; the result fills both triangles.</summary>
    /// <param name="matrix">stride x stride, row-major; a multiple of 16 rows. Rows beyond the system are those of the identity.</param>
    /// <param name="stride">Rows and columns.</param>
    /// <param name="threads">Threads at most; 0: one per processor.</param>
    /// <param name="progress">Share done, 0 to 1.</param>
    /// <param name="cancellationToken">Checked before each block.</param>
    /// <returns>False when the matrix is not positive definite in float32; its content is then of no use.</returns>
    public static bool TryInvert(AlignedBuffer matrix, int stride, int threads, Action<double>? progress, CancellationToken cancellationToken)
    {
        for (var from = 0; from < stride; from += BlockRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TrySweep(matrix, stride, from, Math.Min(BlockRows, stride - from), threads, cancellationToken)) return false;
            progress?.Invoke((double)from / stride);
        }

        var a = matrix;
        RowWorkers.Run(stride, RowsAtOnce, threads, static () => 0, (_, from, to) => Mirror(a.Pointer, stride, from, to), cancellationToken);
        return true;
    }

    private static bool TrySweep(AlignedBuffer matrix, int stride, int first, int width, int threads, CancellationToken cancellationToken)
    {
        var factor = InverseFactor(matrix.Pointer, stride, first, width);
        if (factor is null) return false;
        var panel = Panel(matrix.Pointer, stride, first, width);
        var scaled = Multiply(panel, new PackedFactors(factor, width), stride, width, threads, cancellationToken);
        var packed = new PackedFactors(scaled, width);
        RowWorkers.Run(stride / Lanes.Count, 1, threads, static () => 0, (_, from, to) =>
        {
            for (var row = from; row < to; row++) Lanes.Dispatch<Update, bool>(new Update(matrix.Pointer, stride, packed, row));
        }, cancellationToken);
        var back = Multiply(scaled, new PackedFactors(Transposed(factor, width), width), stride, width, threads, cancellationToken);
        WriteBack(matrix.Pointer, stride, first, width, back, factor);
        GC.KeepAlive(matrix);
        return true;
    }

    // Row i of the result is column i of R^-1, where R'R is the pivot block: its inverse is the product of the result's transpose with the result.
    private static float[]? InverseFactor(float* a, int stride, int first, int width)
    {
        var r = new double[width][];
        for (var i = 0; i < width; i++)
        {
            r[i] = new double[width];
            for (var j = i; j < width; j++) r[i][j] = a[((nint)(first + i) * stride) + first + j];
        }

        for (var i = 0; i < width; i++)
        {
            for (var k = 0; k < i; k++)
            {
                for (var j = i; j < width; j++) r[i][j] -= r[k][i] * r[k][j];
            }

            var pivot = r[i][i];
            if (!(pivot > 0) || !double.IsFinite(pivot)) return null;
            for (var j = i; j < width; j++) r[i][j] /= Math.Sqrt(pivot);
        }

        var inverse = new float[width * width];
        var column = new double[width];
        for (var c = 0; c < width; c++)
        {
            for (var i = c; i >= 0; i--)
            {
                var sum = i == c ? 1.0 : 0.0;
                for (var j = i + 1; j <= c; j++) sum -= r[i][j] * column[j];
                column[i] = sum / r[i][i];
            }

            for (var i = 0; i <= c; i++) inverse[(c * width) + i] = (float)column[i];
        }

        return inverse;
    }

    private static float[] Panel(float* a, int stride, int first, int width)
    {
        var panel = new float[stride * width];
        for (var row = 0; row < stride; row++)
        {
            if (row >= first && row < first + width) continue;
            for (var t = 0; t < width; t++)
                panel[(row * width) + t] = row < first ? a[((nint)row * stride) + first + t] : a[((nint)(first + t) * stride) + row];
        }

        return panel;
    }

    private static void WriteBack(float* a, int stride, int first, int width, float[] panel, float[] factor)
    {
        for (var row = 0; row < stride; row++)
        {
            if (row >= first && row < first + width) continue;
            for (var t = 0; t < width; t++)
            {
                if (row < first) a[((nint)row * stride) + first + t] = panel[(row * width) + t];
                else a[((nint)(first + t) * stride) + row] = panel[(row * width) + t];
            }
        }

        for (var i = 0; i < width; i++)
        {
            for (var j = i; j < width; j++)
            {
                var sum = 0.0;
                for (var c = j; c < width; c++) sum += (double)factor[(c * width) + i] * factor[(c * width) + j];
                a[((nint)(first + i) * stride) + first + j] = (float)-sum;
            }
        }
    }

    private static float[] Multiply(float[] rows, PackedFactors columns, int count, int width, int threads, CancellationToken cancellationToken)
    {
        var result = new float[count * width];
        RowWorkers.Run(count, RowsAtOnce, threads, static () => 0, (_, from, to) =>
            columns.Score(rows.AsSpan(from * width, (to - from) * width), result.AsSpan(from * width, (to - from) * width)), cancellationToken);
        return result;
    }

    private static float[] Transposed(float[] square, int width)
    {
        var result = new float[square.Length];
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j < width; j++) result[(j * width) + i] = square[(i * width) + j];
        }

        return result;
    }

    // The sweeps leave the negative inverse in the upper triangle.
    private static void Mirror(float* a, int stride, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            for (var j = i; j < stride; j++)
            {
                var value = -a[((nint)i * stride) + j];
                a[((nint)i * stride) + j] = value;
                a[((nint)j * stride) + i] = value;
            }
        }
    }

    private readonly struct Update(float* matrix, int stride, PackedFactors panel, int tileRow) : ILanesWork<bool>
    {
        public bool Run<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            var left = panel.Block(tileRow);
            for (var tile = tileRow; tile < panel.BlockCount; tile++)
            {
                var into = matrix + ((nint)tileRow * Lanes.Count * stride) + (tile * Lanes.Count);
                for (var row = 0; row < Lanes.Count; row += TLanes.TileRows)
                {
                    if (TLanes.TileRows == 8) Tile8<TLanes>(into + ((nint)row * stride), left + row, panel.Block(tile));
                    else Tile4<TLanes>(into + ((nint)row * stride), left + row, panel.Block(tile));
                }
            }

            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Tile8<TLanes>(float* tile, float* left, float* right)
            where TLanes : struct, ILanes<TLanes>
        {
            nint step = stride;
            var lower = tile + (4 * step);
            var (c0, c1, c2, c3) = (TLanes.Load(tile), TLanes.Load(tile + step), TLanes.Load(tile + (2 * step)), TLanes.Load(tile + (3 * step)));
            var (c4, c5, c6, c7) = (TLanes.Load(lower), TLanes.Load(lower + step), TLanes.Load(lower + (2 * step)), TLanes.Load(lower + (3 * step)));
            for (var t = 0; t < panel.Factors; t++, left += Lanes.Count, right += Lanes.Count)
            {
                var v = TLanes.Load(right);
                c0 = TLanes.MultiplySubtract(TLanes.Broadcast(left[0]), v, c0);
                c1 = TLanes.MultiplySubtract(TLanes.Broadcast(left[1]), v, c1);
                c2 = TLanes.MultiplySubtract(TLanes.Broadcast(left[2]), v, c2);
                c3 = TLanes.MultiplySubtract(TLanes.Broadcast(left[3]), v, c3);
                c4 = TLanes.MultiplySubtract(TLanes.Broadcast(left[4]), v, c4);
                c5 = TLanes.MultiplySubtract(TLanes.Broadcast(left[5]), v, c5);
                c6 = TLanes.MultiplySubtract(TLanes.Broadcast(left[6]), v, c6);
                c7 = TLanes.MultiplySubtract(TLanes.Broadcast(left[7]), v, c7);
            }

            c0.Store(tile);
            c1.Store(tile + step);
            c2.Store(tile + (2 * step));
            c3.Store(tile + (3 * step));
            c4.Store(lower);
            c5.Store(lower + step);
            c6.Store(lower + (2 * step));
            c7.Store(lower + (3 * step));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Tile4<TLanes>(float* tile, float* left, float* right)
            where TLanes : struct, ILanes<TLanes>
        {
            nint step = stride;
            var (c0, c1, c2, c3) = (TLanes.Load(tile), TLanes.Load(tile + step), TLanes.Load(tile + (2 * step)), TLanes.Load(tile + (3 * step)));
            for (var t = 0; t < panel.Factors; t++, left += Lanes.Count, right += Lanes.Count)
            {
                var v = TLanes.Load(right);
                c0 = TLanes.MultiplySubtract(TLanes.Broadcast(left[0]), v, c0);
                c1 = TLanes.MultiplySubtract(TLanes.Broadcast(left[1]), v, c1);
                c2 = TLanes.MultiplySubtract(TLanes.Broadcast(left[2]), v, c2);
                c3 = TLanes.MultiplySubtract(TLanes.Broadcast(left[3]), v, c3);
            }

            c0.Store(tile);
            c1.Store(tile + step);
            c2.Store(tile + (2 * step));
            c3.Store(tile + (3 * step));
        }
    }
}
