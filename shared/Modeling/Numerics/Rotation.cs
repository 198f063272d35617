using System.Runtime.CompilerServices;

namespace Recommender.Modeling.Numerics;

/// <summary>Multiplies every row of a table by one square matrix, in place.</summary>
internal static unsafe class Rotation
{
    private const int RowsAtOnce = 256;

    /// <summary>row := row * matrix for every row of <paramref name="table"/>.</summary>
    /// <param name="table">The table.</param>
    /// <param name="matrix">stride x stride, row-major; zero in rows and columns from the number of factors up.</param>
    /// <param name="threads">Threads at most; 0: one per processor. Never changes the result.</param>
    /// <param name="cancellationToken">Stops the work, which leaves some rows multiplied and others not.</param>
    public static void Apply(FactorTable table, AlignedBuffer matrix, int threads, CancellationToken cancellationToken) =>
        RowWorkers.Run(
            table.RowCount, RowsAtOnce, threads, () => new AlignedBuffer(8 * table.Stride),
            (rows, from, to) => Lanes.Dispatch<Work, bool>(new Work(table, matrix, rows, from, to)), cancellationToken);

    /// <summary>Sixteen columns of row * matrix.</summary>
    /// <param name="row">Length stride.</param>
    /// <param name="matrix">The first of the columns; stride rows.</param>
    /// <param name="stride">Distance of two rows.</param>
    /// <param name="target">Receives the sixteen.</param>
    public static void Multiply<TLanes>(float* row, float* matrix, int stride, float* target)
        where TLanes : struct, ILanes<TLanes>
    {
        var sum = TLanes.Zero;
        for (var i = 0; i < stride; i++, matrix += stride) sum = TLanes.MultiplyAdd(TLanes.Broadcast(row[i]), TLanes.Load(matrix), sum);
        sum.Store(target);
    }

    private readonly struct Work(FactorTable table, AlignedBuffer matrix, AlignedBuffer rows, int from, int to) : ILanesWork<bool>
    {
        public bool Run<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            var stride = table.Stride;
            for (var row = from; row < to; row += TLanes.TileRows)
            {
                var target = table.Pointer + ((nint)row * stride);
                var count = Math.Min(TLanes.TileRows, to - row);
                new ReadOnlySpan<float>(target, count * stride).CopyTo(rows.Span);
                var column = 0;
                for (; count == 8 && column <= stride - (2 * Lanes.Count); column += 2 * Lanes.Count)
                    Tile8x2<TLanes>(target + column, rows.Pointer, matrix.Pointer + column, stride);
                for (; column < stride; column += Lanes.Count)
                {
                    if (count == 8) Tile8<TLanes>(target + column, rows.Pointer, matrix.Pointer + column, stride);
                    else if (count == 4) Tile4<TLanes>(target + column, rows.Pointer, matrix.Pointer + column, stride);
                    else for (var r = 0; r < count; r++) Multiply<TLanes>(rows.Pointer + ((nint)r * stride), matrix.Pointer + column, stride, target + ((nint)r * stride) + column);
                }
            }

            GC.KeepAlive(table);
            GC.KeepAlive(matrix);
            return true;
        }

        private static void Tile8x2<TLanes>(float* target, float* row, float* matrix, nint stride)
            where TLanes : struct, ILanes<TLanes>
        {
            var (c0, c1, c2, c3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var (c4, c5, c6, c7) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var (d0, d1, d2, d3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var (d4, d5, d6, d7) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var lower = row + (4 * stride);
            for (var i = 0; i < stride; i++, matrix += stride)
            {
                var (m, n) = (TLanes.Load(matrix), TLanes.Load(matrix + Lanes.Count));
                Add(row[i], m, n, ref c0, ref d0);
                Add(row[stride + i], m, n, ref c1, ref d1);
                Add(row[(2 * stride) + i], m, n, ref c2, ref d2);
                Add(row[(3 * stride) + i], m, n, ref c3, ref d3);
                Add(lower[i], m, n, ref c4, ref d4);
                Add(lower[stride + i], m, n, ref c5, ref d5);
                Add(lower[(2 * stride) + i], m, n, ref c6, ref d6);
                Add(lower[(3 * stride) + i], m, n, ref c7, ref d7);
            }

            Store(target, stride, c0, c1, c2, c3, c4, c5, c6, c7);
            Store(target + Lanes.Count, stride, d0, d1, d2, d3, d4, d5, d6, d7);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Add<TLanes>(float factor, TLanes m, TLanes n, ref TLanes c, ref TLanes d)
            where TLanes : struct, ILanes<TLanes>
        {
            var broad = TLanes.Broadcast(factor);
            (c, d) = (TLanes.MultiplyAdd(broad, m, c), TLanes.MultiplyAdd(broad, n, d));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Store<TLanes>(float* target, nint stride, TLanes c0, TLanes c1, TLanes c2, TLanes c3, TLanes c4, TLanes c5, TLanes c6, TLanes c7)
            where TLanes : struct, ILanes<TLanes>
        {
            c0.Store(target);
            c1.Store(target + stride);
            c2.Store(target + (2 * stride));
            c3.Store(target + (3 * stride));
            c4.Store(target + (4 * stride));
            c5.Store(target + (5 * stride));
            c6.Store(target + (6 * stride));
            c7.Store(target + (7 * stride));
        }

        private static void Tile8<TLanes>(float* target, float* row, float* matrix, nint stride)
            where TLanes : struct, ILanes<TLanes>
        {
            var (c0, c1, c2, c3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var (c4, c5, c6, c7) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            var lower = row + (4 * stride);
            for (var i = 0; i < stride; i++, matrix += stride)
            {
                var m = TLanes.Load(matrix);
                c0 = TLanes.MultiplyAdd(TLanes.Broadcast(row[i]), m, c0);
                c1 = TLanes.MultiplyAdd(TLanes.Broadcast(row[stride + i]), m, c1);
                c2 = TLanes.MultiplyAdd(TLanes.Broadcast(row[(2 * stride) + i]), m, c2);
                c3 = TLanes.MultiplyAdd(TLanes.Broadcast(row[(3 * stride) + i]), m, c3);
                c4 = TLanes.MultiplyAdd(TLanes.Broadcast(lower[i]), m, c4);
                c5 = TLanes.MultiplyAdd(TLanes.Broadcast(lower[stride + i]), m, c5);
                c6 = TLanes.MultiplyAdd(TLanes.Broadcast(lower[(2 * stride) + i]), m, c6);
                c7 = TLanes.MultiplyAdd(TLanes.Broadcast(lower[(3 * stride) + i]), m, c7);
            }

            Store(target, stride, c0, c1, c2, c3, c4, c5, c6, c7);
        }

        private static void Tile4<TLanes>(float* target, float* row, float* matrix, nint stride)
            where TLanes : struct, ILanes<TLanes>
        {
            var (c0, c1, c2, c3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
            for (var i = 0; i < stride; i++, matrix += stride)
            {
                var m = TLanes.Load(matrix);
                c0 = TLanes.MultiplyAdd(TLanes.Broadcast(row[i]), m, c0);
                c1 = TLanes.MultiplyAdd(TLanes.Broadcast(row[stride + i]), m, c1);
                c2 = TLanes.MultiplyAdd(TLanes.Broadcast(row[(2 * stride) + i]), m, c2);
                c3 = TLanes.MultiplyAdd(TLanes.Broadcast(row[(3 * stride) + i]), m, c3);
            }

            c0.Store(target);
            c1.Store(target + stride);
            c2.Store(target + (2 * stride));
            c3.Store(target + (3 * stride));
        }
    }
}
