using System.Runtime.CompilerServices;
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

    /// <summary>Four consecutive blocks for one query.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Score4Blocks(float* block, int factors, float* query, out TLanes s0, out TLanes s1, out TLanes s2, out TLanes s3)
    {
        var size = (nint)factors * Lanes.Count;
        var (a0, a1, a2, a3) = (TLanes.Zero, TLanes.Zero, TLanes.Zero, TLanes.Zero);
        for (var f = 0; f < factors; f++, block += Lanes.Count)
        {
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
