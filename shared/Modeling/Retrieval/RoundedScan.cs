using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recommender.Modeling.Retrieval;

/// <summary>Four queries that are scanned together.</summary>
internal readonly unsafe ref struct RoundedTile
{
    /// <summary>Rounded numbers, as <see cref="RoundedQueries.Numbers"/> has them.</summary>
    public required int* A { get; init; }

    /// <inheritdoc cref="A"/>
    public required int* B { get; init; }

    /// <inheritdoc cref="A"/>
    public required int* C { get; init; }

    /// <inheritdoc cref="A"/>
    public required int* D { get; init; }

    /// <summary>Where the sum of each begins.</summary>
    public required Vector64<short> Starts { get; init; }

    /// <summary>What the sum of each must be above.</summary>
    public required Vector64<short> Below { get; init; }
}

/// <summary>
/// Inner products of rounded numbers, 32 to two instructions, since they fit sixteen bits. Sums on the way may leave these bits and come back.
/// </summary>
internal static unsafe class RoundedScan
{
    /// <summary>Queries of a tile: their sums for 32 items, two registers each, stay in registers.</summary>
    public const int TileQueries = 4;

    /// <summary>Looks at a group of items.</summary>
    /// <param name="group">As <see cref="RoundedGroups.Bytes"/> has it.</param>
    /// <param name="pairs">Pairs of numbers of an item.</param>
    /// <param name="tile">Queries.</param>
    /// <param name="masks">Receives a bit for each item whose sum is above what is needed, per query.</param>
    /// <returns>Whether there is any.</returns>
    public static bool Look(byte* group, int pairs, in RoundedTile tile, ulong* masks)
    {
        var low = stackalloc uint[TileQueries];
        var high = stackalloc uint[TileQueries];
        LookAtHalf(group, pairs, tile, low);
        LookAtHalf(group + ((nint)pairs * 64), pairs, tile, high);
        var any = 0ul;
        for (var q = 0; q < TileQueries; q++) any |= masks[q] = low[q] | ((ulong)high[q] << 32);
        return any != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LookAtHalf(byte* items, int pairs, in RoundedTile tile, uint* masks)
    {
        int* a = tile.A, b = tile.B, c = tile.C, d = tile.D;
        var (a0, b0) = (Vector256.Create(tile.Starts[0]), Vector256.Create(tile.Starts[1]));
        var (c0, d0) = (Vector256.Create(tile.Starts[2]), Vector256.Create(tile.Starts[3]));
        var (a1, b1, c1, d1) = (a0, b0, c0, d0);
        for (nint p = 0; p < pairs; p++, items += 64)
        {
            var (v, w) = (Vector256.Load(items), Vector256.Load(items + 32));
            Add(a[p], v, w, ref a0, ref a1);
            Add(b[p], v, w, ref b0, ref b1);
            Add(c[p], v, w, ref c0, ref c1);
            Add(d[p], v, w, ref d0, ref d1);
        }

        masks[0] = Above(a0, a1, tile.Below[0]);
        masks[1] = Above(b0, b1, tile.Below[1]);
        masks[2] = Above(c0, c1, tile.Below[2]);
        masks[3] = Above(d0, d1, tile.Below[3]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(int pair, Vector256<byte> v, Vector256<byte> w, ref Vector256<short> s0, ref Vector256<short> s1)
    {
        var q = Vector256.Create(pair).AsSByte();
        s0 += Avx2.MultiplyAddAdjacent(v, q);
        s1 += Avx2.MultiplyAddAdjacent(w, q);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Above(Vector256<short> s0, Vector256<short> s1, short below)
    {
        var bound = Vector256.Create(below);
        return Avx2.PackSignedSaturate(Vector256.GreaterThan(s0, bound), Vector256.GreaterThan(s1, bound)).ExtractMostSignificantBits();
    }
}
