using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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
        ArgumentNullException.ThrowIfNull(quantized);
        ArgumentNullException.ThrowIfNull(items);
        if (quantized.ItemCount != items.ItemCount || quantized.Factors != items.Factors) throw new ArgumentException("The two catalogs differ in shape.", nameof(quantized));
        if (query.Length != items.Factors) throw new ArgumentException($"The query has {query.Length} factors, the items {items.Factors}.", nameof(query));
        if (result.IsEmpty) return 0;
        var rounded = new RoundedQuery(query);
        if (!QuantizedFactors.IsAccelerated || !rounded.IsUsable) return TopK.Search(items, query, excluded, result);
        var steps = ArrayPool<sbyte>.Shared.Rent(quantized.GroupCount * QuantizedFactors.Group);
        var lower = ArrayPool<ScoredItem>.Shared.Rent(result.Length);
        try
        {
            steps.AsSpan().Clear();
            rounded.WriteSteps(query, steps);
            using var hopefuls = new Hopefuls(result.Length);
            var scan = new Scan(quantized, rounded, new TopKHeap(lower.AsSpan(0, result.Length), excluded), hopefuls);
            fixed (sbyte* s = steps) scan.Run(s);
            return Rescore(items, query, hopefuls.Above(scan.Threshold), result);
        }
        finally
        {
            ArrayPool<ScoredItem>.Shared.Return(lower);
            ArrayPool<sbyte>.Shared.Return(steps);
        }
    }

    /// <summary>The best by the true scores, which are reckoned as a scan in float32 does.</summary>
    private static int Rescore(PackedFactors items, ReadOnlySpan<float> query, Span<ScoredItem> hopefuls, Span<ScoredItem> result)
    {
        hopefuls.Sort(static (a, b) => a.Item.CompareTo(b.Item));
        var best = new TopKHeap(result, default);
        foreach (var hopeful in hopefuls)
        {
            var score = items.ScoreOf(query, hopeful.Item);
            if (score > best.Threshold) best.Offer(hopeful.Item, score);
        }
        return best.Finish();
    }

    private ref struct Scan(QuantizedFactors items, RoundedQuery query, TopKHeap lower, Hopefuls hopefuls)
    {
        private TopKHeap _lower = lower;

        /// <summary>What an upper bound must reach.</summary>
        public readonly float Threshold => _lower.Threshold;

        public void Run(sbyte* steps)
        {
            var (groups, offset) = (items.GroupCount, query.OffsetOf(steps, items.GroupCount * QuantizedFactors.Group));
            var block = 0;
            for (; block <= items.BlockCount - 2; block += 2)
            {
                var bytes = items.Bytes + ((nint)block * items.BlockBytes);
                var (a, b, c, d) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
                var next = bytes + items.BlockBytes;
                for (var group = 0; group < groups; group++, bytes += 64, next += 64)
                {
                    var four = Vector256.Create(((int*)steps)[group]).AsSByte();
                    a = AvxVnni.MultiplyWideningAndAdd(a, Vector256.Load(bytes), four);
                    b = AvxVnni.MultiplyWideningAndAdd(b, Vector256.Load(bytes + 32), four);
                    c = AvxVnni.MultiplyWideningAndAdd(c, Vector256.Load(next), four);
                    d = AvxVnni.MultiplyWideningAndAdd(d, Vector256.Load(next + 32), four);
                }
                Judge(block, a - offset, b - offset);
                Judge(block + 1, c - offset, d - offset);
            }
            if (block == items.BlockCount) return;
            var last = items.Bytes + ((nint)block * items.BlockBytes);
            var (e, f) = (Vector256<int>.Zero, Vector256<int>.Zero);
            for (var group = 0; group < groups; group++, last += 64)
            {
                var four = Vector256.Create(((int*)steps)[group]).AsSByte();
                e = AvxVnni.MultiplyWideningAndAdd(e, Vector256.Load(last), four);
                f = AvxVnni.MultiplyWideningAndAdd(f, Vector256.Load(last + 32), four);
            }
            Judge(block, e - offset, f - offset);
            GC.KeepAlive(items);
        }

        /// <summary>Remembers the items of a block whose upper bound reaches the k-th best lower bound so far.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Judge(int block, Vector256<int> first, Vector256<int> second)
        {
            var item = block * Lanes.Count;
            var scale = Vector256.Create(query.Scale);
            var low = Vector256.ConvertToSingle(first) * (Vector256.Load(items.Scales + item) * scale);
            var high = Vector256.ConvertToSingle(second) * (Vector256.Load(items.Scales + item + 8) * scale);
            var error = query.ErrorOf(items.Errors[block], items.Norms[block], items.Factors);
            var needed = Vector256.Create(_lower.Threshold - error);
            var reaching = Vector256.GreaterThanOrEqual(low, needed).ExtractMostSignificantBits() | (Vector256.GreaterThanOrEqual(high, needed).ExtractMostSignificantBits() << 8);
            if (items.ItemCount - item < Lanes.Count) reaching &= (1u << (items.ItemCount - item)) - 1;
            if (reaching != 0) Remember(item, low, high, reaching, error);
        }

        private void Remember(int first, Vector256<float> low, Vector256<float> high, uint reaching, float error)
        {
            var scores = stackalloc float[Lanes.Count];
            low.Store(scores);
            high.Store(scores + 8);
            for (; reaching != 0; reaching &= reaching - 1)
            {
                var lane = System.Numerics.BitOperations.TrailingZeroCount(reaching);
                if (scores[lane] + error < _lower.Threshold || _lower.Excludes(first + lane)) continue;
                hopefuls.Add(new ScoredItem(first + lane, scores[lane] + error), _lower.Threshold);
                if (scores[lane] - error > _lower.Threshold) _lower.Offer(first + lane, scores[lane] - error);
            }
        }
    }

    /// <summary>A query in eight bits.</summary>
    private readonly struct RoundedQuery
    {
        /// <summary>More than float32 arithmetic loses in the steps from whole numbers to a bound.</summary>
        private const float Slack = 1 + 1e-5f;

        private readonly float _norm;
        private readonly float _error;

        public RoundedQuery(ReadOnlySpan<float> query)
        {
            var (largest, norm) = (0f, 0.0);
            foreach (var value in query) (largest, norm) = (Math.Max(largest, Math.Abs(value)), norm + ((double)value * value));
            Scale = largest / 127;
            // Numbers that are very large or small, or none, are for the plain scan.
            IsUsable = double.IsFinite(norm) && largest is > 1e-30f and < 1e15f;
            if (!IsUsable) return;
            var error = 0.0;
            foreach (var value in query)
            {
                var rest = value - ((double)Step(value) * Scale);
                error += rest * rest;
            }
            (_norm, _error) = ((float)Math.Sqrt(norm) * Slack, (float)Math.Sqrt(error) * Slack);
        }

        public float Scale { get; }

        public bool IsUsable { get; }

        /// <summary>
        /// How far a score in eight bits may be from one in float32: by Cauchy and Schwarz, rounding the row costs at most its error times the
        /// query's length, rounding the query its error times the row's length; and float32 loses at most factors * 2^-24 of the product of lengths.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float ErrorOf(float rowError, float rowNorm, int factors) =>
            ((rowError * _norm) + (rowNorm * (_error + (_norm * (factors + 8) * 1.2e-7f)))) * Slack;

        public void WriteSteps(ReadOnlySpan<float> query, Span<sbyte> steps)
        {
            for (var i = 0; i < query.Length; i++) steps[i] = (sbyte)Step(query[i]);
        }

        /// <summary>What the 128 that is added to every number of a row adds to its sum.</summary>
        public Vector256<int> OffsetOf(sbyte* steps, int length)
        {
            var sum = 0;
            for (var i = 0; i < length; i++) sum += steps[i];
            return Vector256.Create(128 * sum);
        }

        private int Step(float value) => (int)Math.Clamp(MathF.Round(value / Scale), -127, 127);
    }

    /// <summary>Items that may be among the best, with their upper bounds. Those that cannot be any more are dropped when it is full.</summary>
    private sealed class Hopefuls(int k) : IDisposable
    {
        private ScoredItem[] _items = ArrayPool<ScoredItem>.Shared.Rent(Math.Max(4096, 8 * k));
        private int _count;

        public void Add(ScoredItem item, float threshold)
        {
            if (_count == _items.Length)
            {
                Above(threshold);
                if (_count > _items.Length / 2) Grow();
            }
            _items[_count++] = item;
        }

        public Span<ScoredItem> Above(float threshold)
        {
            var kept = 0;
            for (var i = 0; i < _count; i++)
                if (_items[i].Score >= threshold) _items[kept++] = _items[i];
            _count = kept;
            return _items.AsSpan(0, _count);
        }

        public void Dispose() => ArrayPool<ScoredItem>.Shared.Return(_items);

        private void Grow()
        {
            var larger = ArrayPool<ScoredItem>.Shared.Rent(2 * _items.Length);
            _items.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<ScoredItem>.Shared.Return(_items);
            _items = larger;
        }
    }
}
