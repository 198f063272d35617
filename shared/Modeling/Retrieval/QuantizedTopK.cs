using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Retrieval;

/// <summary>
/// Exact best-k search that reads a quarter of the bytes: a scan in eight bits gives every item a score with a bound of its error; what can be
/// among the best by its upper bound (some hundreds of a million) is scored again in float32. The result is that of <see cref="TopK.Search"/>, bit
/// for bit, since the bounds cover rounding in both.
/// </summary>
public static unsafe class QuantizedTopK
{
    /// <summary>Bytes that are asked for ahead of the scan: a page, where the hardware stops looking ahead by itself.</summary>
    private const int Ahead = 4096;

    /// <summary>The items with the largest inner product with <paramref name="query"/>, best first; exactly.</summary>
    /// <param name="quantized">The catalog in eight bits.</param>
    /// <param name="items">The same catalog in float32.</param>
    /// <param name="query">Length <see cref="PackedFactors.Factors"/>.</param>
    /// <param name="excluded">What to leave out.</param>
    /// <param name="result">Receives the best items; its length is k.</param>
    /// <returns>Number of items written: k, or fewer when the catalog has no more.</returns>
    /// <exception cref="ArgumentException">The two catalogs or the query's length do not fit.</exception>
    public static int Search(QuantizedFactors quantized, PackedFactors items, ReadOnlySpan<float> query, ItemFilter excluded, Span<ScoredItem> result)
    {
        Check(quantized, items, query);
        if (ByteLanes512.IsAccelerated) return Search<ByteLanes512>(quantized, items, query, excluded, result);
        if (ByteLanes256.IsAccelerated) return Search<ByteLanes256>(quantized, items, query, excluded, result);
        return TopK.Search(items, query, excluded, result);
    }

    /// <summary>The items with the largest cosine similarity to <paramref name="query"/>, as <see cref="TopK.SearchSimilar"/> finds them, bit for bit.</summary>
    /// <inheritdoc cref="Search(QuantizedFactors, PackedFactors, ReadOnlySpan{float}, ItemFilter, Span{ScoredItem})"/>
    public static int SearchSimilar(QuantizedFactors quantized, PackedFactors items, ReadOnlySpan<float> query, ItemFilter excluded, Span<ScoredItem> result)
    {
        Check(quantized, items, query);
        if (ByteLanes512.IsAccelerated) return SearchSimilar<ByteLanes512>(quantized, items, query, excluded, result);
        if (ByteLanes256.IsAccelerated) return SearchSimilar<ByteLanes256>(quantized, items, query, excluded, result);
        return TopK.SearchSimilar(items, query, excluded, result);
    }

    /// <summary>As the other one, with registers of a width that this machine has.</summary>
    internal static int Search<TLanes>(QuantizedFactors quantized, PackedFactors items, ReadOnlySpan<float> query, ItemFilter excluded, Span<ScoredItem> result)
        where TLanes : struct, IByteLanes<TLanes>
    {
        if (result.IsEmpty) return 0;
        var rounded = new RoundedQuery(query);
        return rounded.IsUsable
            ? Find<TLanes>(quantized, quantized.Products, items, null, rounded, query, excluded, result)
            : TopK.Search(items, query, excluded, result);
    }

    /// <summary>As the other one, with registers of a width that this machine has.</summary>
    internal static int SearchSimilar<TLanes>(QuantizedFactors quantized, PackedFactors items, ReadOnlySpan<float> query, ItemFilter excluded, Span<ScoredItem> result)
        where TLanes : struct, IByteLanes<TLanes>
    {
        if (result.IsEmpty) return 0;
        Span<float> direction = query.Length <= 1024 ? stackalloc float[query.Length] : new float[query.Length];
        if (!TopK.TryDirect(query, direction)) return 0;
        var rounded = new RoundedQuery(direction);
        return rounded.IsUsable
            ? Find<TLanes>(quantized, quantized.Cosines, items, items.InverseNorms, rounded, direction, excluded, result)
            : TopK.SearchSimilar(items, query, excluded, result);
    }

    private static int Find<TLanes>(
        QuantizedFactors quantized, RowBounds bounds, PackedFactors items, float* factors, RoundedQuery rounded, ReadOnlySpan<float> query, ItemFilter excluded, Span<ScoredItem> result)
        where TLanes : struct, IByteLanes<TLanes>
    {
        var length = quantized.GroupCount * QuantizedFactors.Group;
        var steps = ArrayPool<byte>.Shared.Rent(2 * length);
        var lower = ArrayPool<ScoredItem>.Shared.Rent(result.Length);
        try
        {
            steps.AsSpan().Clear();
            var scale = rounded.Write(query, steps, steps.AsSpan(length));
            using var hopefuls = new Hopefuls(result.Length);
            var scan = new Scan<TLanes>(quantized, bounds, rounded, scale, new TopKHeap(lower.AsSpan(0, result.Length), excluded), hopefuls);
            fixed (byte* s = steps) scan.Run((int*)s, (int*)(s + length));
            return Rescore(items, factors, query, hopefuls.Above(scan.Threshold), result);
        }
        finally
        {
            ArrayPool<ScoredItem>.Shared.Return(lower);
            ArrayPool<byte>.Shared.Return(steps);
        }
    }

    private static void Check(QuantizedFactors quantized, PackedFactors items, ReadOnlySpan<float> query)
    {
        ArgumentNullException.ThrowIfNull(quantized);
        ArgumentNullException.ThrowIfNull(items);
        if (quantized.ItemCount != items.ItemCount || quantized.Factors != items.Factors) throw new ArgumentException("The two catalogs differ in shape.", nameof(quantized));
        if (query.Length != items.Factors) throw new ArgumentException($"The query has {query.Length} factors, the items {items.Factors}.", nameof(query));
    }

    /// <summary>The best by the true scores, which are reckoned as a scan in float32 does.</summary>
    private static int Rescore(PackedFactors items, float* factors, ReadOnlySpan<float> query, Span<ScoredItem> hopefuls, Span<ScoredItem> result)
    {
        hopefuls.Sort(static (a, b) => a.Item.CompareTo(b.Item));
        var best = new TopKHeap(result, default);
        foreach (var hopeful in hopefuls)
        {
            var score = items.ScoreOf(query, hopeful.Item);
            if (factors != null) score *= factors[hopeful.Item];
            if (score > best.Threshold) best.Offer(hopeful.Item, score);
        }
        GC.KeepAlive(items);
        return best.Finish();
    }

    private ref struct Scan<TLanes>(QuantizedFactors items, RowBounds bounds, RoundedQuery query, ByteScale scale, TopKHeap lower, Hopefuls hopefuls)
        where TLanes : struct, IByteLanes<TLanes>
    {
        private TopKHeap _lower = lower;

        /// <summary>What an upper bound must reach.</summary>
        public readonly float Threshold => _lower.Threshold;

        // Many calls come before the runtime would get to it by itself.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int* magnitudes, int* signs)
        {
            var bytes = items.Bytes;
            var (size, groups, block) = ((nint)items.BlockBytes, items.GroupCount, 0);
            for (; block <= items.BlockCount - 2; block += 2, bytes += 2 * size)
            {
                var (a, b) = (TLanes.Zero, TLanes.Zero);
                var at = bytes;
                for (var group = 0; group < groups; group++, at += Lanes.Count * QuantizedFactors.Group)
                {
                    if (Sse.IsSupported)
                    {
                        Sse.Prefetch0(at + Ahead);
                        Sse.Prefetch0(at + size + Ahead);
                    }
                    a = TLanes.AddProducts(a, at, magnitudes[group], signs[group]);
                    b = TLanes.AddProducts(b, at + size, magnitudes[group], signs[group]);
                }
                Judge(block, a);
                Judge(block + 1, b);
            }
            if (block < items.BlockCount)
            {
                var last = TLanes.Zero;
                for (var group = 0; group < groups; group++, bytes += Lanes.Count * QuantizedFactors.Group) last = TLanes.AddProducts(last, bytes, magnitudes[group], signs[group]);
                Judge(block, last);
            }
            GC.KeepAlive(items);
        }

        /// <summary>Remembers the items of a block whose upper bound reaches the k-th best lower bound so far.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Judge(int block, TLanes sums)
        {
            var error = query.ErrorOf(bounds.Errors[block], bounds.Norms[block]);
            var reaching = TLanes.Reaching(sums, scale, bounds.Scales + (block * Lanes.Count), _lower.Threshold - error);
            if (reaching != 0) Remember(block, sums, reaching, error);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Remember(int block, TLanes sums, uint reaching, float error)
        {
            var first = block * Lanes.Count;
            if (items.ItemCount - first < Lanes.Count) reaching &= (1u << (items.ItemCount - first)) - 1;
            var scores = stackalloc float[Lanes.Count];
            TLanes.Store(sums, scale, bounds.Scales + first, scores);
            for (; reaching != 0; reaching &= reaching - 1)
            {
                var lane = BitOperations.TrailingZeroCount(reaching);
                if (scores[lane] + error < _lower.Threshold || _lower.Excludes(first + lane)) continue;
                hopefuls.Add(new ScoredItem(first + lane, scores[lane] + error), _lower.Threshold);
                if (scores[lane] - error > _lower.Threshold) _lower.Offer(first + lane, scores[lane] - error);
            }
        }
    }
}
