using System.Runtime.CompilerServices;

namespace Recommender.Modeling.Numerics;

/// <summary>
/// The one dense kernel everything rests on: matrix += or -= panel' * panel for a symmetric matrix of which the upper triangle
/// counts. A tile of the matrix stays in registers while the panel streams by; each cell is a chain of fused multiply-adds in the
/// order of the panel's rows, so the tile's size does not change a bit of the result.
/// </summary>
internal static unsafe class RankUpdate<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Adds panel' * panel to the upper triangle of <paramref name="matrix"/> (what is below it becomes garbage).</summary>
    /// <param name="matrix">stride x stride, row-major.</param>
    /// <param name="panel">count x stride, row-major.</param>
    /// <param name="count">Rows of the panel.</param>
    /// <param name="stride">A multiple of 16.</param>
    public static void Add(float* matrix, float* panel, int count, int stride) => Update(matrix, panel, count, stride, from: 0, subtract: false);

    /// <summary>Subtracts panel' * panel from the upper triangle of rows and columns <paramref name="from"/> and up.</summary>
    public static void SubtractTrailing(float* matrix, float* panel, int count, int stride, int from) =>
        Update(matrix, panel, count, stride, from, subtract: true);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Update(float* matrix, float* panel, int count, int stride, int from, bool subtract)
    {
        for (var i = from; i < stride; i += TLanes.TileRows)
        {
            var row = matrix + ((nint)i * stride);
            var j = i & ~(Lanes.Count - 1);
            if (TLanes.TileRows == 8)
            {
                for (; j <= stride - (2 * Lanes.Count); j += 2 * Lanes.Count) Tile8x2(row + j, panel + i, panel + j, count, stride, subtract);
                if (j < stride) Tile8(row + j, panel + i, panel + j, count, stride, subtract);
            }
            else
            {
                for (; j < stride; j += Lanes.Count) Tile4(row + j, panel + i, panel + j, count, stride, subtract);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile8x2(float* tile, float* left, float* right, int count, nint stride, bool subtract)
    {
        var lower = tile + (4 * stride);
        const int Next = Lanes.Count;
        var (c0, c1, c2, c3) = (TLanes.Load(tile), TLanes.Load(tile + stride), TLanes.Load(tile + (2 * stride)), TLanes.Load(tile + (3 * stride)));
        var (c4, c5, c6, c7) = (TLanes.Load(lower), TLanes.Load(lower + stride), TLanes.Load(lower + (2 * stride)), TLanes.Load(lower + (3 * stride)));
        var (d0, d1, d2, d3) = (TLanes.Load(tile + Next), TLanes.Load(tile + stride + Next), TLanes.Load(tile + (2 * stride) + Next), TLanes.Load(tile + (3 * stride) + Next));
        var (d4, d5, d6, d7) = (TLanes.Load(lower + Next), TLanes.Load(lower + stride + Next), TLanes.Load(lower + (2 * stride) + Next), TLanes.Load(lower + (3 * stride) + Next));
        for (var t = 0; t < count; t++, left += stride, right += stride)
        {
            var (v, w) = (TLanes.Load(right), TLanes.Load(right + Next));
            Accumulate(left[0], v, w, ref c0, ref d0, subtract);
            Accumulate(left[1], v, w, ref c1, ref d1, subtract);
            Accumulate(left[2], v, w, ref c2, ref d2, subtract);
            Accumulate(left[3], v, w, ref c3, ref d3, subtract);
            Accumulate(left[4], v, w, ref c4, ref d4, subtract);
            Accumulate(left[5], v, w, ref c5, ref d5, subtract);
            Accumulate(left[6], v, w, ref c6, ref d6, subtract);
            Accumulate(left[7], v, w, ref c7, ref d7, subtract);
        }

        Store4(tile, stride, c0, c1, c2, c3);
        Store4(lower, stride, c4, c5, c6, c7);
        Store4(tile + Next, stride, d0, d1, d2, d3);
        Store4(lower + Next, stride, d4, d5, d6, d7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile8(float* tile, float* left, float* right, int count, nint stride, bool subtract)
    {
        var (c0, c1, c2, c3) = (TLanes.Load(tile), TLanes.Load(tile + stride), TLanes.Load(tile + (2 * stride)), TLanes.Load(tile + (3 * stride)));
        var lower = tile + (4 * stride);
        var (c4, c5, c6, c7) = (TLanes.Load(lower), TLanes.Load(lower + stride), TLanes.Load(lower + (2 * stride)), TLanes.Load(lower + (3 * stride)));
        for (var t = 0; t < count; t++, left += stride, right += stride)
        {
            var v = TLanes.Load(right);
            c0 = Accumulate(left[0], v, c0, subtract);
            c1 = Accumulate(left[1], v, c1, subtract);
            c2 = Accumulate(left[2], v, c2, subtract);
            c3 = Accumulate(left[3], v, c3, subtract);
            c4 = Accumulate(left[4], v, c4, subtract);
            c5 = Accumulate(left[5], v, c5, subtract);
            c6 = Accumulate(left[6], v, c6, subtract);
            c7 = Accumulate(left[7], v, c7, subtract);
        }

        Store4(tile, stride, c0, c1, c2, c3);
        Store4(lower, stride, c4, c5, c6, c7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile4(float* tile, float* left, float* right, int count, nint stride, bool subtract)
    {
        var (c0, c1, c2, c3) = (TLanes.Load(tile), TLanes.Load(tile + stride), TLanes.Load(tile + (2 * stride)), TLanes.Load(tile + (3 * stride)));
        for (var t = 0; t < count; t++, left += stride, right += stride)
        {
            var v = TLanes.Load(right);
            c0 = Accumulate(left[0], v, c0, subtract);
            c1 = Accumulate(left[1], v, c1, subtract);
            c2 = Accumulate(left[2], v, c2, subtract);
            c3 = Accumulate(left[3], v, c3, subtract);
        }

        Store4(tile, stride, c0, c1, c2, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(float a, TLanes v, TLanes w, ref TLanes c, ref TLanes d, bool subtract)
    {
        c = Accumulate(a, v, c, subtract);
        d = Accumulate(a, w, d, subtract);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Accumulate(float a, TLanes b, TLanes c, bool subtract) =>
        subtract ? TLanes.MultiplySubtract(TLanes.Broadcast(a), b, c) : TLanes.MultiplyAdd(TLanes.Broadcast(a), b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store4(float* tile, nint stride, TLanes c0, TLanes c1, TLanes c2, TLanes c3)
    {
        c0.Store(tile);
        c1.Store(tile + stride);
        c2.Store(tile + (2 * stride));
        c3.Store(tile + (3 * stride));
    }
}
