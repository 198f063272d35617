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
    /// <param name="items">The same catalog in float32, as a scan reads it.</param>
    /// <param name="rows">The same once more, row after row, as single items are read.</param>
    /// <param name="query">Length <see cref="PackedFactors.Factors"/>.</param>
    /// <param name="excluded">What to leave out.</param>
    /// <param name="result">Receives the best items; its length is k.</param>
    /// <returns>Number of items written: k, or fewer when the catalog has no more.</returns>
    /// <exception cref="ArgumentException">The catalogs or the query's length do not fit.</exception>
    public static int Search(
        QuantizedFactors quantized, PackedFactors items, ReadOnlySpan<float> rows, ReadOnlySpan<float> query, ItemFilter excluded, Span<ScoredItem> result)
    {
        Check(quantized, items, rows, query);
        if (ByteLanes512.IsAccelerated) return Search<ByteLanes512>(quantized, items, rows, query, excluded, result);
        if (ByteLanes256.IsAccelerated) return Search<ByteLanes256>(quantized, items, rows, query, excluded, result);
        return TopK.Search(items, query, excluded, result);
    }

    /// <summary>The items with the largest cosine similarity to <paramref name="query"/>, as <see cref="TopK.SearchSimilar"/> finds them, bit for bit.</summary>
    /// <inheritdoc cref="Search(QuantizedFactors, PackedFactors, ReadOnlySpan{float}, ReadOnlySpan{float}, ItemFilter, Span{ScoredItem})"/>
    public static int SearchSimilar(
        QuantizedFactors quantized, PackedFactors items, ReadOnlySpan<float> rows, ReadOnlySpan<float> query, ItemFilter excluded, Span<ScoredItem> result)
    {
        Check(quantized, items, rows, query);
        if (ByteLanes512.IsAccelerated) return SearchSimilar<ByteLanes512>(quantized, items, rows, query, excluded, result);
        if (ByteLanes256.IsAccelerated) return SearchSimilar<ByteLanes256>(quantized, items, rows, query, excluded, result);
        return TopK.SearchSimilar(items, query, excluded, result);
    }

    /// <summary>As the other one, with registers of a width that this machine has.</summary>
    internal static int Search<TLanes>(
        QuantizedFactors quantized, PackedFactors items, ReadOnlySpan<float> rows, ReadOnlySpan<float> query, ItemFilter excluded, Span<ScoredItem> result)
        where TLanes : struct, IByteLanes<TLanes>
    {
        if (result.IsEmpty) return 0;
        var rounded = new RoundedQuery(query);
        return rounded.IsUsable
            ? Find<TLanes>(quantized, quantized.Products, items, rows, null, rounded, query, excluded, result)
            : TopK.Search(items, query, excluded, result);
    }

    /// <summary>As the other one, with registers of a width that this machine has.</summary>
    internal static int SearchSimilar<TLanes>(
        QuantizedFactors quantized, PackedFactors items, ReadOnlySpan<float> rows, ReadOnlySpan<float> query, ItemFilter excluded, Span<ScoredItem> result)
        where TLanes : struct, IByteLanes<TLanes>
    {
        if (result.IsEmpty) return 0;
        Span<float> direction = query.Length <= 1024 ? stackalloc float[query.Length] : new float[query.Length];
        if (!TopK.TryDirect(query, direction)) return 0;
        var rounded = new RoundedQuery(direction);
        return rounded.IsUsable
            ? Find<TLanes>(quantized, quantized.Cosines, items, rows, items.InverseNorms, rounded, direction, excluded, result)
            : TopK.SearchSimilar(items, query, excluded, result);
    }

    private static int Find<TLanes>(
        QuantizedFactors quantized, RowBounds bounds, PackedFactors items, ReadOnlySpan<float> rows, float* factors, RoundedQuery rounded, ReadOnlySpan<float> query,
        ItemFilter excluded, Span<ScoredItem> result)
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
            var left = hopefuls.Above(scan.Threshold);
            // Level scores stay in the order of the items.
            left.Sort(static (a, b) => a.Item.CompareTo(b.Item));
            ScoreAgain(rows, query, left);
            return Best(items, factors, left, result);
        }
        finally
        {
            ArrayPool<ScoredItem>.Shared.Return(lower);
            ArrayPool<byte>.Shared.Return(steps);
        }
    }

    private static void Check(QuantizedFactors quantized, PackedFactors items, ReadOnlySpan<float> rows, ReadOnlySpan<float> query)
    {
        ArgumentNullException.ThrowIfNull(quantized);
        ArgumentNullException.ThrowIfNull(items);
        if (quantized.ItemCount != items.ItemCount || quantized.Factors != items.Factors) throw new ArgumentException("The two catalogs differ in shape.", nameof(quantized));
        if (query.Length != items.Factors) throw new ArgumentException($"The query has {query.Length} factors, the items {items.Factors}.", nameof(query));
        if (rows.Length != (long)items.ItemCount * items.Factors) throw new ArgumentException($"{rows.Length} numbers are no {items.ItemCount} rows of {items.Factors}.", nameof(rows));
    }

    /// <summary>Puts the true scores, with the bits that a scan in float32 gives them, in the place of the bounds.</summary>
    private static void ScoreAgain(ReadOnlySpan<float> rows, ReadOnlySpan<float> query, Span<ScoredItem> hopefuls)
    {
        var (i, factors) = (0, query.Length);
        for (; i + 4 <= hopefuls.Length; i += 4)
        {
            var four = hopefuls.Slice(i, 4);
            // Rows are far apart: the next ones come while these are reckoned with.
            foreach (var next in hopefuls[(i + 4)..Math.Min(i + 8, hopefuls.Length)]) Expect(Row(rows, factors, next));
            var (a, b, c, d) = OrderedDot.Of(query, Row(rows, factors, four[0]), Row(rows, factors, four[1]), Row(rows, factors, four[2]), Row(rows, factors, four[3]));
            (four[0], four[1], four[2], four[3]) = (four[0] with { Score = a }, four[1] with { Score = b }, four[2] with { Score = c }, four[3] with { Score = d });
        }
        for (; i < hopefuls.Length; i++) hopefuls[i] = hopefuls[i] with { Score = OrderedDot.Of(query, Row(rows, factors, hopefuls[i])) };
    }

    private static void Expect(ReadOnlySpan<float> row)
    {
        if (!Sse.IsSupported) return;
        fixed (float* start = row)
            for (var at = (byte*)start; at < start + row.Length; at += 64) Sse.Prefetch0(at);
    }

    private static ReadOnlySpan<float> Row(ReadOnlySpan<float> rows, int factors, ScoredItem of) => rows.Slice(of.Item * factors, factors);

    private static int Best(PackedFactors items, float* factors, ReadOnlySpan<ScoredItem> hopefuls, Span<ScoredItem> result)
    {
        var best = new TopKHeap(result, default);
        foreach (var hopeful in hopefuls)
        {
            var score = factors == null ? hopeful.Score : hopeful.Score * factors[hopeful.Item];
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
