using System.Numerics;
using System.Runtime.Intrinsics.X86;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Retrieval;

/// <summary>
/// Finds the lists of some hundred queries together, over items from the longest vector to the shortest. Now and then the queries are put in
/// the order of how short an item may be to matter to them, so that those which are done lie at the end. The workspace of a thread.
/// </summary>
internal sealed unsafe class TopListBatch(NormOrder items, FactorMatrix queries, TopListQuery wanted, int length)
{
    /// <summary>Queries of a batch at most: with their lists they fit the second-level cache, four blocks of items the first.</summary>
    public const int MostQueries = 384;

    /// <summary>Queries of a tile.</summary>
    public const int TileQueries = 6;

    // Blocks after which the queries are put in order first, and again after a quarter more each time.
    private const int FirstBlocks = 64;

    // Products too small for float32 may be lost, whatever the lengths.
    private const double Underflow = 1e-35;

    private readonly PackedFactors _packed = items.Packed;
    private readonly AlignedBuffer _queries = new(MostQueries * items.Factors);
    private readonly AlignedBuffer _scores = new(TileQueries * 4 * Lanes.Count);
    private readonly ScoredItem[] _lists = new ScoredItem[MostQueries * length];
    private readonly TopKState[] _states = new TopKState[MostQueries];
    private readonly int[] _rows = new int[MostQueries];
    private readonly double[] _reaches = new double[MostQueries];
    private readonly int[] _order = new int[MostQueries];
    private readonly double[] _limits = new double[MostQueries];

    // By place in the order, what a score must be above to be looked at: level with the worst of a list counts as well, as the lower number stays.
    private readonly float[] _below = new float[MostQueries];

    /// <summary>The list of the n-th query.</summary>
    public ReadOnlySpan<ScoredItem> List(int at) => _lists.AsSpan(at * length, _states[at].Count);

    /// <summary>Finds the lists of some rows of the queries.</summary>
    public void Find(ReadOnlySpan<int> rows)
    {
        // A float32 chain of k steps errs by k half units in the last place of the product of both lengths, at most.
        var error = 1 + ((items.Factors + 8) * Math.ScaleB(1, -23));
        for (var i = 0; i < rows.Length; i++)
        {
            (_rows[i], _states[i]) = (rows[i], new TopKState());
            _reaches[i] = NormOrder.LengthOf(queries.Row(rows[i])) * error;
        }

        Lanes.Dispatch<Scanning, bool>(new Scanning(this, rows.Length));
        for (var i = 0; i < rows.Length; i++) Heap(i).Finish();
    }

    private TopKHeap Heap(int at) =>
        new(_lists.AsSpan(at * length, length), new ItemFilter(wanted.Excluded.RowColumns(_rows[at]), wanted.Barred.Span), _states[at]);

    // No item with a shorter vector enters this query's list any more. A reach of zero, or without a number, never ends a scan.
    private double LimitOf(int at) => (Math.Min(_states[at].Threshold, float.MaxValue) - Underflow) / _reaches[at];

    /// <summary>Puts the queries that a length matters to in the order of their limits.</summary>
    /// <returns>How many they are.</returns>
    private int Arrange(int count, double longest)
    {
        var left = 0;
        for (var i = 0; i < count; i++)
        {
            var limit = LimitOf(_order[i]);
            if (!(longest < limit)) (_order[left], _limits[left++]) = (_order[i], limit);
        }

        Array.Sort(_limits, _order, 0, left);
        TakeQueries(left);
        return left;
    }

    private void TakeQueries(int count)
    {
        for (var i = 0; i < count; i++)
        {
            queries.Row(_rows[_order[i]]).CopyTo(_queries.Span[(i * items.Factors)..]);
            _below[i] = float.BitDecrement(_states[_order[i]].Threshold);
        }
    }

    private void Offer(int query, int place, float* scores, uint above)
    {
        var at = _order[query];
        var heap = Heap(at);
        for (; above != 0; above &= above - 1)
        {
            var lane = BitOperations.TrailingZeroCount(above);
            heap.OfferInAnyOrder(items.Items[place + lane], scores[lane]);
        }

        _states[at] = heap.State;
        _below[query] = float.BitDecrement(heap.Threshold);
    }

    private readonly struct Scanning(TopListBatch batch, int count) : ILanesWork<bool>
    {
        public bool Run<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            for (var i = 0; i < count; i++) (batch._order[i], batch._limits[i]) = (i, double.NegativeInfinity);
            batch.TakeQueries(count);
            var (blocks, left, arrange) = (batch._packed.BlockCount, count, FirstBlocks);
            for (var block = 0; block < blocks && left > 0;)
            {
                var longest = batch.Longest(block);
                if (block >= arrange) (left, arrange) = (batch.Arrange(left, longest), block + (block / 4));
                // Limits ascend, those without a number first: what the length no longer matters to is at the end.
                while (left > 0 && longest < batch._limits[left - 1]) left--;
                var width = TLanes.TileRows == 8 && block <= blocks - 5 ? 4 : 1;
                Scan<TLanes>(block, width, left);
                block += width;
            }

            GC.KeepAlive(batch);
            return true;
        }

        /// <summary>Asks for a tile's share of the blocks that come next, so that they are in the cache by then.</summary>
        private static void AskFor(float* next, int lines, int from, int to, int count)
        {
            if (!Sse.IsSupported) return;
            for (var line = lines * from / count; line < lines * to / count; line++) Sse.Prefetch1(next + ((nint)line * Lanes.Count));
        }

        private void Scan<TLanes>(int block, int blocks, int left)
            where TLanes : struct, ILanes<TLanes>
        {
            var packed = batch._packed;
            var scores = batch._scores.Pointer;
            for (var first = 0; first < left; first += TileQueries)
            {
                // The last tile may be wider than what is left: what it finds beside is never looked at.
                var query = batch._queries.Pointer + (first * packed.Factors);
                AskFor(packed.Block(block + blocks), blocks * packed.Factors, first, Math.Min(first + TileQueries, left), left);
                if (blocks == 4) BlockScan<TLanes>.Score6x4(packed.Block(block), packed.Factors, query, packed.Factors, scores);
                else BlockScan<TLanes>.Score6x1(packed.Block(block), packed.Factors, query, packed.Factors, scores);
                for (var q = 0; q < Math.Min(TileQueries, left - first); q++)
                {
                    var below = TLanes.Broadcast(batch._below[first + q]);
                    for (var b = 0; b < blocks; b++)
                    {
                        var lanes = scores + (((q * blocks) + b) * Lanes.Count);
                        var above = TLanes.GreaterThan(TLanes.Load(lanes), below) & packed.LanesOf(block + b);
                        if (above != 0) batch.Offer(first + q, (block + b) * Lanes.Count, lanes, above);
                    }
                }
            }
        }
    }

    private double Longest(int block) => items.LongestFrom(block);
}
