using System.Runtime.CompilerServices;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Retrieval;

/// <summary>
/// Exact best-k search by a full vectorised scan. Of level scores the lower item number comes first. An item whose score is NaN or
/// negative infinity is never returned. Allocates nothing.
/// </summary>
public static unsafe class TopK
{
    /// <summary>The items with the largest inner product with <paramref name="query"/>, best first.</summary>
    /// <param name="items">The catalog.</param>
    /// <param name="query">Length <see cref="PackedFactors.Factors"/>.</param>
    /// <param name="excluded">What to leave out.</param>
    /// <param name="result">Receives the best items; its length is k.</param>
    /// <returns>Number of items written: k, or fewer when the catalog has no more.</returns>
    /// <exception cref="ArgumentException">The query's length does not fit.</exception>
    public static int Search(PackedFactors items, ReadOnlySpan<float> query, ItemFilter excluded, Span<ScoredItem> result) =>
        Scan(items, query, excluded, result, cosine: false);

    /// <summary>
    /// The items with the largest cosine similarity to <paramref name="query"/>, best first. The score is the cosine, -1 to 1 within
    /// rounding. Items without factors are similar to nothing and never returned.
    /// </summary>
    /// <inheritdoc cref="Search"/>
    public static int SearchSimilar(PackedFactors items, ReadOnlySpan<float> query, ItemFilter excluded, Span<ScoredItem> result)
    {
        Span<float> direction = query.Length <= 1024 ? stackalloc float[query.Length] : new float[query.Length];
        if (!TryDirect(query, direction)) return 0;
        return Scan(items, direction, excluded, result, cosine: true);
    }

    /// <summary>The items with the largest of the given scores, best first.</summary>
    /// <param name="scores">A score per item.</param>
    /// <param name="excluded">What to leave out.</param>
    /// <param name="result">Receives the best items; its length is k.</param>
    /// <returns>Number of items written.</returns>
    public static int Select(ReadOnlySpan<float> scores, ItemFilter excluded, Span<ScoredItem> result)
    {
        if (result.IsEmpty) return 0;
        fixed (float* s = scores)
        {
            return Lanes.Dispatch<Selecting, int>(new Selecting(s, scores.Length, new TopKHeap(result, excluded)));
        }
    }

    /// <summary>Writes the vector made one long; false where it has no direction.</summary>
    internal static bool TryDirect(ReadOnlySpan<float> vector, Span<float> direction)
    {
        var square = 0.0;
        foreach (var value in vector) square += (double)value * value;
        if (!(square > 0)) return false;
        var scale = 1 / Math.Sqrt(square);
        for (var i = 0; i < vector.Length; i++) direction[i] = (float)(vector[i] * scale);
        return true;
    }

    private static int Scan(PackedFactors items, ReadOnlySpan<float> query, ItemFilter excluded, Span<ScoredItem> result, bool cosine)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (query.Length != items.Factors) throw new ArgumentException($"The query has {query.Length} factors, the items {items.Factors}.", nameof(query));
        if (result.IsEmpty) return 0;
        fixed (float* q = query)
        {
            return Lanes.Dispatch<Scanning, int>(new Scanning(items, q, cosine ? items.InverseNorms : null, new TopKHeap(result, excluded)));
        }
    }

    private ref struct Selecting(float* scores, int count, TopKHeap heap) : ILanesWork<int>
    {
        private TopKHeap _heap = heap;

        // Many calls come before the runtime would get to it by itself.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public int Run<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            var item = 0;
            for (; item <= count - Lanes.Count; item += Lanes.Count)
            {
                var above = TLanes.GreaterThan(TLanes.Load(scores + item), TLanes.Broadcast(_heap.Threshold));
                if (above != 0) _heap.Offer(item, scores + item, above);
            }

            for (; item < count; item++) _heap.Offer(item, scores[item]);
            return _heap.Finish();
        }
    }

    private ref struct Scanning(PackedFactors items, float* query, float* inverseNorms, TopKHeap heap) : ILanesWork<int>
    {
        private TopKHeap _heap = heap;

        // Many calls come before the runtime would get to it by itself.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public int Run<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            var (block, factors) = (0, items.Factors);
            for (; block <= items.BlockCount - 5; block += 4)
            {
                BlockScan<TLanes>.Score4Blocks(items.Block(block), factors, query, out var s0, out var s1, out var s2, out var s3);
                Offer(block, s0);
                Offer(block + 1, s1);
                Offer(block + 2, s2);
                Offer(block + 3, s3);
            }

            for (; block < items.BlockCount; block++) Offer(block, BlockScan<TLanes>.Score1(items.Block(block), factors, query));
            GC.KeepAlive(items);
            return _heap.Finish();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Offer<TLanes>(int block, TLanes sums)
            where TLanes : struct, ILanes<TLanes>
        {
            var first = block * Lanes.Count;
            if (inverseNorms != null) sums = TLanes.Multiply(sums, TLanes.Load(inverseNorms + first));
            var above = TLanes.GreaterThan(sums, TLanes.Broadcast(_heap.Threshold));
            if (items.ItemCount - first < Lanes.Count) above &= (1u << (items.ItemCount - first)) - 1;
            if (above == 0) return;
            var scores = stackalloc float[Lanes.Count];
            sums.Store(scores);
            _heap.Offer(first, scores, above);
        }
    }
}
