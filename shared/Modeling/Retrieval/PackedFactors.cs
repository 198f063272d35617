using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Retrieval;

/// <summary>
/// Item factors in the order in which a scan reads them: blocks of sixteen items, factor by factor, so that one instruction scores
/// sixteen items. A copy of the factors (4 bytes each). Immutable; safe for concurrent use.
/// </summary>
public sealed unsafe class PackedFactors
{
    private readonly AlignedBuffer _packed;
    private readonly Lazy<AlignedBuffer> _inverseNorms;

    /// <summary>Packs items x factors numbers, given row-major.</summary>
    /// <exception cref="ArgumentException">The length of <paramref name="itemFactors"/> is no multiple of <paramref name="factors"/>.</exception>
    public PackedFactors(ReadOnlySpan<float> itemFactors, int factors)
        : this(itemFactors, factors, default)
    {
    }

    /// <summary>As the other one, in another order.</summary>
    /// <param name="itemFactors">items x factors.</param>
    /// <param name="factors">Length of a row.</param>
    /// <param name="order">The row at each place; empty: as they are.</param>
    internal PackedFactors(ReadOnlySpan<float> itemFactors, int factors, ReadOnlySpan<int> order)
    {
        Check(itemFactors, factors);
        (ItemCount, Factors) = (itemFactors.Length / factors, factors);
        BlockCount = (ItemCount + Lanes.Count - 1) / Lanes.Count;
        _packed = new AlignedBuffer(checked(BlockCount * Lanes.Count * factors));
        for (var item = 0; item < ItemCount; item++)
        {
            var block = Block(item / Lanes.Count) + (item % Lanes.Count);
            var row = itemFactors.Slice((order.IsEmpty ? item : order[item]) * factors, factors);
            for (var f = 0; f < factors; f++) block[f * Lanes.Count] = row[f];
        }

        _inverseNorms = new Lazy<AlignedBuffer>(InvertNorms);
    }

    /// <summary>Number of items.</summary>
    public int ItemCount { get; }

    /// <summary>Length of an item's vector.</summary>
    public int Factors { get; }

    internal int BlockCount { get; }

    /// <summary>One over the length of each item's vector; NaN, which no comparison lets pass, for zero vectors and padding.</summary>
    internal float* InverseNorms => _inverseNorms.Value.Pointer;

    internal static void Check(ReadOnlySpan<float> itemFactors, int factors)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factors);
        if (itemFactors.Length % factors != 0)
            throw new ArgumentException($"{itemFactors.Length} numbers are no whole rows of {factors} factors.", nameof(itemFactors));
    }

    /// <summary>Copies one item's vector.</summary>
    /// <param name="item">Item number.</param>
    /// <param name="destination">Length <see cref="Factors"/>.</param>
    public void CopyRow(int item, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(item);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(item, ItemCount);
        var block = Block(item / Lanes.Count) + (item % Lanes.Count);
        for (var f = 0; f < Factors; f++) destination[f] = block[f * Lanes.Count];
    }

    /// <summary>Writes the inner product of every query with every item.</summary>
    /// <param name="queries">n x factors, row-major.</param>
    /// <param name="scores">n x items, row-major.</param>
    /// <exception cref="ArgumentException">Lengths that do not fit.</exception>
    public void Score(ReadOnlySpan<float> queries, Span<float> scores)
    {
        var count = queries.Length / Factors;
        if (queries.Length % Factors != 0 || scores.Length < (long)count * ItemCount)
            throw new ArgumentException($"{queries.Length} numbers of queries and {scores.Length} scores do not fit {Factors} factors and {ItemCount} items.", nameof(scores));
        fixed (float* q = queries)
        fixed (float* s = scores)
        {
            Lanes.Dispatch<Scoring, bool>(new Scoring(this, q, count, s));
        }

        GC.KeepAlive(_packed);
    }

    internal float* Block(int block) => _packed.Pointer + ((nint)block * Lanes.Count * Factors);

    /// <summary>A bit for each lane of a block that holds an item.</summary>
    internal uint LanesOf(int block) => block < BlockCount - 1 ? 0xFFFF : 0xFFFFu >> ((BlockCount * Lanes.Count) - ItemCount);

    private AlignedBuffer InvertNorms()
    {
        var norms = new AlignedBuffer(BlockCount * Lanes.Count);
        for (var item = 0; item < norms.Length; item++)
        {
            var block = Block(item / Lanes.Count) + (item % Lanes.Count);
            var square = 0.0;
            for (var f = 0; f < Factors; f++) square += (double)block[f * Lanes.Count] * block[f * Lanes.Count];
            norms.Pointer[item] = square > 0 ? (float)(1 / Math.Sqrt(square)) : float.NaN;
        }

        return norms;
    }

    private readonly struct Scoring(PackedFactors items, float* queries, int count, float* scores) : ILanesWork<bool>
    {
        public bool Run<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            var tail = stackalloc float[Lanes.Count];
            for (var block = 0; block < items.BlockCount; block++)
            {
                var first = block * Lanes.Count;
                for (var q = 0; q < count; q += 4)
                {
                    BlockScan<TLanes>.Score4(items.Block(block), items.Factors, queries + ((nint)q * items.Factors), Math.Min(4, count - q), out var s0, out var s1, out var s2, out var s3);
                    var into = scores + ((nint)q * items.ItemCount) + first;
                    Store(s0, into, first, tail);
                    if (q + 1 < count) Store(s1, into + items.ItemCount, first, tail);
                    if (q + 2 < count) Store(s2, into + (2 * (nint)items.ItemCount), first, tail);
                    if (q + 3 < count) Store(s3, into + (3 * (nint)items.ItemCount), first, tail);
                }
            }

            return true;
        }

        private void Store<TLanes>(TLanes sums, float* into, int first, float* tail)
            where TLanes : struct, ILanes<TLanes>
        {
            if (first + Lanes.Count <= items.ItemCount)
            {
                sums.Store(into);
                return;
            }

            sums.Store(tail);
            for (var lane = 0; first + lane < items.ItemCount; lane++) into[lane] = tail[lane];
        }
    }
}
