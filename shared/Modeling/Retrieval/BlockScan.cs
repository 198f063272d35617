using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Retrieval;

/// <summary>
/// Inner products against blocks of sixteen items. Every score is a chain of fused multiply-adds in the order of the factors, so it
/// depends on the query and the item alone, never on what is scored beside it.
/// </summary>
internal static unsafe class BlockScan<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>One block for up to four queries that follow one another; with fewer, the last ones repeat the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Score4(float* block, int factors, float* queries, int count, out TLanes s0, out TLanes s1, out TLanes s2, out TLanes s3)
    {
        var q0 = queries;
        var q1 = count > 1 ? queries + factors : queries;
        var q2 = count > 2 ? queries + (2 * factors) : queries;
        var q3 = count > 3 ? queries + (3 * factors) : queries;
        var (a0, a1, a2, a3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (var f = 0; f < factors; f++, block += Lanes.Count)
        {
            var items = TLanes.Load(block);
            a0 = TLanes.MultiplyAdd(TLanes.Broadcast(q0[f]), items, a0);
            a1 = TLanes.MultiplyAdd(TLanes.Broadcast(q1[f]), items, a1);
            a2 = TLanes.MultiplyAdd(TLanes.Broadcast(q2[f]), items, a2);
            a3 = TLanes.MultiplyAdd(TLanes.Broadcast(q3[f]), items, a3);
        }

        (s0, s1, s2, s3) = (a0, a1, a2, a3);
    }

    /// <summary>Six consecutive queries against four consecutive blocks; the scores of a query lie together, 64 of them.</summary>
    public static void Score6x4(float* block, int factors, float* queries, int queryStride, float* scores)
    {
        var size = (nint)factors * Lanes.Count;
        var z = TLanes.Zero;
        var (a0, a1, a2, a3) = (z, z, z, z);
        var (b0, b1, b2, b3) = (z, z, z, z);
        var (c0, c1, c2, c3) = (z, z, z, z);
        var (d0, d1, d2, d3) = (z, z, z, z);
        var (e0, e1, e2, e3) = (z, z, z, z);
        var (f0, f1, f2, f3) = (z, z, z, z);
        for (var f = 0; f < factors; f++, block += Lanes.Count, queries++)
        {
            var (v0, v1, v2, v3) = (TLanes.Load(block), TLanes.Load(block + size), TLanes.Load(block + (2 * size)), TLanes.Load(block + (3 * size)));
            Add(*queries, v0, v1, v2, v3, ref a0, ref a1, ref a2, ref a3);
            Add(queries[queryStride], v0, v1, v2, v3, ref b0, ref b1, ref b2, ref b3);
            Add(queries[2 * queryStride], v0, v1, v2, v3, ref c0, ref c1, ref c2, ref c3);
            Add(queries[3 * queryStride], v0, v1, v2, v3, ref d0, ref d1, ref d2, ref d3);
            Add(queries[4 * queryStride], v0, v1, v2, v3, ref e0, ref e1, ref e2, ref e3);
            Add(queries[5 * queryStride], v0, v1, v2, v3, ref f0, ref f1, ref f2, ref f3);
        }

        Store(scores, a0, a1, a2, a3);
        Store(scores + (4 * Lanes.Count), b0, b1, b2, b3);
        Store(scores + (2 * 4 * Lanes.Count), c0, c1, c2, c3);
        Store(scores + (3 * 4 * Lanes.Count), d0, d1, d2, d3);
        Store(scores + (4 * 4 * Lanes.Count), e0, e1, e2, e3);
        Store(scores + (5 * 4 * Lanes.Count), f0, f1, f2, f3);
    }

    /// <summary>Six consecutive queries against one block; the scores of a query lie together, 16 of them.</summary>
    public static void Score6x1(float* block, int factors, float* queries, int queryStride, float* scores)
    {
        var (a, b, c, d, e, g) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (var f = 0; f < factors; f++, block += Lanes.Count, queries++)
        {
            var v = TLanes.Load(block);
            a = TLanes.MultiplyAdd(TLanes.Broadcast(*queries), v, a);
            b = TLanes.MultiplyAdd(TLanes.Broadcast(queries[queryStride]), v, b);
            c = TLanes.MultiplyAdd(TLanes.Broadcast(queries[2 * queryStride]), v, c);
            d = TLanes.MultiplyAdd(TLanes.Broadcast(queries[3 * queryStride]), v, d);
            e = TLanes.MultiplyAdd(TLanes.Broadcast(queries[4 * queryStride]), v, e);
            g = TLanes.MultiplyAdd(TLanes.Broadcast(queries[5 * queryStride]), v, g);
        }

        a.Store(scores);
        b.Store(scores + Lanes.Count);
        c.Store(scores + (2 * Lanes.Count));
        d.Store(scores + (3 * Lanes.Count));
        e.Store(scores + (4 * Lanes.Count));
        g.Store(scores + (5 * Lanes.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float q, TLanes v0, TLanes v1, TLanes v2, TLanes v3, ref TLanes s0, ref TLanes s1, ref TLanes s2, ref TLanes s3)
    {
        var b = TLanes.Broadcast(q);
        s0 = TLanes.MultiplyAdd(b, v0, s0);
        s1 = TLanes.MultiplyAdd(b, v1, s1);
        s2 = TLanes.MultiplyAdd(b, v2, s2);
        s3 = TLanes.MultiplyAdd(b, v3, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, TLanes s0, TLanes s1, TLanes s2, TLanes s3)
    {
        s0.Store(to);
        s1.Store(to + Lanes.Count);
        s2.Store(to + (2 * Lanes.Count));
        s3.Store(to + (3 * Lanes.Count));
    }

    /// <summary>Four consecutive blocks for one query. The four after them are asked for meanwhile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Score4Blocks(float* block, int factors, float* query, out TLanes s0, out TLanes s1, out TLanes s2, out TLanes s3)
    {
        var size = (nint)factors * Lanes.Count;
        var (a0, a1, a2, a3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (var f = 0; f < factors; f++, block += Lanes.Count)
        {
            // The hardware looks ahead by itself, but no further than a page, which a block of 64 factors fills.
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(block + (4 * size));
                Sse.Prefetch0(block + (5 * size));
                Sse.Prefetch0(block + (6 * size));
                Sse.Prefetch0(block + (7 * size));
            }
            var q = TLanes.Broadcast(query[f]);
            a0 = TLanes.MultiplyAdd(q, TLanes.Load(block), a0);
            a1 = TLanes.MultiplyAdd(q, TLanes.Load(block + size), a1);
            a2 = TLanes.MultiplyAdd(q, TLanes.Load(block + (2 * size)), a2);
            a3 = TLanes.MultiplyAdd(q, TLanes.Load(block + (3 * size)), a3);
        }

        (s0, s1, s2, s3) = (a0, a1, a2, a3);
    }

    /// <summary>One block for one query.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Score1(float* block, int factors, float* query)
    {
        var sum = TLanes.Zero;
        for (var f = 0; f < factors; f++, block += Lanes.Count) sum = TLanes.MultiplyAdd(TLanes.Broadcast(query[f]), TLanes.Load(block), sum);
        return sum;
    }
}
