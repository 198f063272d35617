using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Retrieval;

/// <summary>Receives the best items of one query, best first; called concurrently for different queries.</summary>
/// <param name="query">Row of the queries.</param>
/// <param name="best">The list, good until the call returns.</param>
public delegate void TopListReceiver(int query, ReadOnlySpan<ScoredItem> best);

/// <summary>
/// The best-k lists of many queries, as exact as <see cref="TopK.Search"/> and with the same scores, some times faster: a matrix product in
/// tiles that stay in registers, of which only what beats a list's worst entry leaves them.
/// </summary>
public static unsafe class TopLists
{
    // Queries of one chunk fit the second-level cache with their lists, four blocks of items the first.
    private const int QueriesAtOnce = 192;
    private const int TileQueries = 6;

    /// <summary>Finds the lists.</summary>
    /// <param name="items">The catalog.</param>
    /// <param name="queries">Rows of factors.</param>
    /// <param name="rows">Which rows of <paramref name="queries"/> get a list.</param>
    /// <param name="excluded">Rows x items: what a row's list leaves out.</param>
    /// <param name="length">Items of a list, at most.</param>
    /// <param name="receive">Takes each list.</param>
    /// <param name="threads">Threads at most; 0: one per processor. Never changes a list.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="ArgumentException">Shapes that differ.</exception>
    public static void Search(
        PackedFactors items,
        FactorMatrix queries,
        ReadOnlyMemory<int> rows,
        InteractionMatrix excluded,
        int length,
        TopListReceiver receive,
        int threads = 0,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(excluded);
        ArgumentNullException.ThrowIfNull(receive);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if (queries.Factors != items.Factors) throw new ArgumentException($"The queries have {queries.Factors} factors, the items {items.Factors}.", nameof(queries));
        if (excluded.RowCount < queries.RowCount) throw new ArgumentException($"There are {queries.RowCount} queries but {excluded.RowCount} rows of exclusions.", nameof(excluded));
        RowWorkers.Run(rows.Length, QueriesAtOnce, threads, () => new Batch(items, queries, excluded, Math.Min(length, Math.Max(items.ItemCount, 1))), (batch, from, to) =>
        {
            batch.Find(rows.Span[from..to]);
            for (var i = 0; i < to - from; i++) receive(rows.Span[from + i], batch.List(i));
        }, cancellationToken);
    }

    /// <summary>The workspace of a thread.</summary>
    private sealed class Batch(PackedFactors items, FactorMatrix queries, InteractionMatrix excluded, int length)
    {
        private readonly AlignedBuffer _queries = new(QueriesAtOnce * items.Factors);
        private readonly AlignedBuffer _scores = new(TileQueries * 4 * Lanes.Count);
        private readonly ScoredItem[] _lists = new ScoredItem[QueriesAtOnce * length];
        private readonly TopKState[] _states = new TopKState[QueriesAtOnce];
        private readonly int[] _rows = new int[QueriesAtOnce];

        public ReadOnlySpan<ScoredItem> List(int at) => _lists.AsSpan(at * length, _states[at].Count);

        public void Find(ReadOnlySpan<int> rows)
        {
            // The last tile may be wider than what is left: what it finds beside is never looked at.
            for (var i = 0; i < rows.Length; i++)
            {
                _rows[i] = rows[i];
                _states[i] = new TopKState();
                queries.Row(rows[i]).CopyTo(_queries.Span[(i * items.Factors)..]);
            }

            Lanes.Dispatch<Scanning, bool>(new Scanning(this, rows.Length));
            for (var i = 0; i < rows.Length; i++) Heap(i).Finish();
        }

        private TopKHeap Heap(int at) => new(_lists.AsSpan(at * length, length), new ItemFilter(excluded.RowColumns(_rows[at])), _states[at]);

        private readonly struct Scanning(Batch batch, int count) : ILanesWork<bool>
        {
            public bool Run<TLanes>()
                where TLanes : struct, ILanes<TLanes>
            {
                var (items, block) = (batch.Items, 0);
                if (TLanes.TileRows == 8)
                {
                    for (; block <= items.BlockCount - 5; block += 4) Scan<TLanes>(block, 4);
                }

                for (; block < items.BlockCount; block++) Scan<TLanes>(block, 1);
                GC.KeepAlive(items);
                return true;
            }

            private void Scan<TLanes>(int block, int blocks)
                where TLanes : struct, ILanes<TLanes>
            {
                var items = batch.Items;
                var scores = batch._scores.Pointer;
                for (var first = 0; first < count; first += TileQueries)
                {
                    var query = batch._queries.Pointer + (first * items.Factors);
                    if (blocks == 4) BlockScan<TLanes>.Score6x4(items.Block(block), items.Factors, query, items.Factors, scores);
                    else BlockScan<TLanes>.Score6x1(items.Block(block), items.Factors, query, items.Factors, scores);
                    for (var q = 0; q < Math.Min(TileQueries, count - first); q++)
                    {
                        var threshold = TLanes.Broadcast(batch._states[first + q].Threshold);
                        for (var b = 0; b < blocks; b++)
                        {
                            var lanes = scores + (((q * blocks) + b) * Lanes.Count);
                            var above = TLanes.GreaterThan(TLanes.Load(lanes), threshold) & items.LanesOf(block + b);
                            if (above != 0) batch.Offer(first + q, (block + b) * Lanes.Count, lanes, above);
                        }
                    }
                }
            }
        }

        private PackedFactors Items => items;

        // The threshold rises while the tile is offered; the heap compares again.
        private void Offer(int at, int firstItem, float* scores, uint above)
        {
            var heap = Heap(at);
            heap.Offer(firstItem, scores, above);
            _states[at] = heap.State;
        }
    }
}
