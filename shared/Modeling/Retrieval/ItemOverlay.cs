using System.Runtime.CompilerServices;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Retrieval;

/// <summary>
/// Items that came after a catalog was packed, in a bounded place of their own beside it: they can be added and removed while searches run, and
/// <see cref="Extend"/> makes the exact best of both of the exact best of the catalog. An item's number is the catalog's number of items plus its
/// place here. What is added is seen by the searches that begin afterwards. Safe for concurrent use; memory: capacity * factors * 4 bytes.
/// </summary>
public sealed unsafe class ItemOverlay
{
    private readonly Lock _sync = new();
    private readonly AlignedBuffer _packed;
    private readonly ulong[] _removed;
    private readonly int _firstNumber;
    private int _count;

    /// <summary>Makes room.</summary>
    /// <param name="catalogItems">Number of items of the catalog beside it.</param>
    /// <param name="factors">Length of a vector.</param>
    /// <param name="capacity">Items that it takes at most.</param>
    public ItemOverlay(int catalogItems, int factors, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(catalogItems);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factors);
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        // Numbers of items are positive, also behind a large catalog.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, int.MaxValue - catalogItems);
        (_firstNumber, Factors, Capacity) = (catalogItems, factors, capacity);
        _packed = new AlignedBuffer(checked(Lanes.RoundUp(capacity) * factors));
        _removed = new ulong[(capacity + 63) / 64];
    }

    /// <summary>Length of a vector.</summary>
    public int Factors { get; }

    /// <summary>Items that it takes at most; a removed one keeps its place.</summary>
    public int Capacity { get; }

    /// <summary>Places taken.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds an item.</summary>
    /// <param name="vector">Length <see cref="Factors"/>.</param>
    /// <returns>Its place, from 0; -1 when there is no room.</returns>
    /// <exception cref="ArgumentException">The vector's length does not fit.</exception>
    public int Add(ReadOnlySpan<float> vector)
    {
        if (vector.Length != Factors) throw new ArgumentException($"The vector has {vector.Length} factors, the items {Factors}.", nameof(vector));
        lock (_sync)
        {
            var place = _count;
            if (place == Capacity) return -1;
            // Nobody looks at a lane before it counts.
            var lane = Block(place / Lanes.Count) + (place % Lanes.Count);
            for (var f = 0; f < Factors; f++) lane[f * Lanes.Count] = vector[f];
            Volatile.Write(ref _count, place + 1);
            return place;
        }
    }

    /// <summary>Takes an item out of searches, or lets it back in.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No item has that place.</exception>
    public void SetRemoved(int place, bool isRemoved)
    {
        lock (_sync)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(place);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, _count);
            ref var word = ref _removed[place >> 6];
            var bit = 1UL << (place & 63);
            Volatile.Write(ref word, isRemoved ? word | bit : word & ~bit);
        }
    }

    /// <summary>Puts the items that are here in their places among the best of the catalog.</summary>
    /// <param name="query">Length <see cref="Factors"/>.</param>
    /// <param name="excluded">What to leave out, of both.</param>
    /// <param name="result">The best of the catalog, as <see cref="TopK.Search"/> found them with the same query; receives the best of both.</param>
    /// <param name="found">How many there are in it.</param>
    /// <returns>How many there are now.</returns>
    /// <exception cref="ArgumentException">The query's length does not fit.</exception>
    public int Extend(ReadOnlySpan<float> query, ItemFilter excluded, Span<ScoredItem> result, int found)
    {
        if (query.Length != Factors) throw new ArgumentException($"The query has {query.Length} factors, the items {Factors}.", nameof(query));
        var count = Count;
        if (count == 0 || result.IsEmpty) return found;
        // Worst first is a heap already.
        result[..found].Reverse();
        var state = new TopKState { Count = found };
        if (found == result.Length) state.Threshold = result[0].Score;
        fixed (float* q = query)
        {
            return Lanes.Dispatch<Scanning, int>(new Scanning(this, count, q, new TopKHeap(result, excluded, state)));
        }
    }

    private float* Block(int block) => _packed.Pointer + ((nint)block * Lanes.Count * Factors);

    /// <summary>A bit for each lane of a block that holds an item which is not removed.</summary>
    private uint LanesOf(int block, int count)
    {
        var first = block * Lanes.Count;
        var there = count - first < Lanes.Count ? (1u << (count - first)) - 1 : 0xFFFF;
        return there & ~(uint)(Volatile.Read(ref _removed[first >> 6]) >> (first & 63));
    }

    private ref struct Scanning(ItemOverlay items, int count, float* query, TopKHeap heap) : ILanesWork<int>
    {
        private TopKHeap _heap = heap;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public int Run<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            var scores = stackalloc float[Lanes.Count];
            for (var block = 0; block * Lanes.Count < count; block++)
            {
                var sums = BlockScan<TLanes>.Score1(items.Block(block), items.Factors, query);
                var above = TLanes.GreaterThan(sums, TLanes.Broadcast(_heap.Threshold)) & items.LanesOf(block, count);
                if (above == 0) continue;
                sums.Store(scores);
                _heap.Offer(items._firstNumber + (block * Lanes.Count), scores, above);
            }
            GC.KeepAlive(items);
            return _heap.Finish();
        }
    }
}
