using System.Runtime.Intrinsics.X86;
using Recommender.Modeling.Numerics;

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
    /// <param name="queries">Rows of factors, one per viewer.</param>
    /// <param name="wanted">Which rows of <paramref name="queries"/> get a list, and of what.</param>
    /// <param name="receive">Takes each list.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="ArgumentException">Shapes that differ.</exception>
    public static void Search(PackedFactors items, FactorMatrix queries, TopListQuery wanted, TopListReceiver receive, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(receive);
        wanted.Check(queries.RowCount);
        if (queries.Factors != items.Factors) throw new ArgumentException($"The queries have {queries.Factors} factors, the items {items.Factors}.", nameof(queries));
        var rows = wanted.Viewers;
        var length = Math.Min(wanted.Length, Math.Max(items.ItemCount, 1));
        RowWorkers.Run(rows.Length, ChunkOf(rows.Length, wanted.Threads), wanted.Threads, () => new Batch(items, queries, wanted, length), (batch, from, to) =>
        {
            batch.Find(rows.Span[from..to]);
            for (var i = 0; i < to - from; i++) receive(rows.Span[from + i], batch.List(i));
        }, cancellationToken);
    }

    /// <summary>Whole tiles of queries, as many as are good for the caches unless some threads would have nothing to do.</summary>
    private static int ChunkOf(int rows, int threads)
    {
        var share = rows / (threads > 0 ? threads : Environment.ProcessorCount);
        return Math.Clamp(share / TileQueries * TileQueries, TileQueries, QueriesAtOnce);
    }

    /// <summary>The workspace of a thread.</summary>
    private sealed class Batch(PackedFactors items, FactorMatrix queries, TopListQuery wanted, int length)
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

        private TopKHeap Heap(int at) =>
            new(_lists.AsSpan(at * length, length), new ItemFilter(wanted.Excluded.RowColumns(_rows[at]), wanted.Barred.Span), _states[at]);

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

            /// <summary>Asks for a tile's share of the blocks that come next, so that they are in the cache by then.</summary>
            private void AskFor(float* next, int lines, int from, int to)
            {
                if (!Sse.IsSupported) return;
                for (var line = lines * from / count; line < lines * to / count; line++) Sse.Prefetch1(next + ((nint)line * Lanes.Count));
            }

            private void Scan<TLanes>(int block, int blocks)
                where TLanes : struct, ILanes<TLanes>
            {
                var items = batch.Items;
                var scores = batch._scores.Pointer;
                for (var first = 0; first < count; first += TileQueries)
                {
                    var query = batch._queries.Pointer + (first * items.Factors);
                    AskFor(items.Block(block + blocks), blocks * items.Factors, first, Math.Min(first + TileQueries, count));
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
