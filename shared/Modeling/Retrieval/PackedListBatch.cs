using System.Numerics;
using System.Runtime.Intrinsics.X86;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Retrieval;

/// <summary>Finds lists by a matrix product in float32, in tiles that stay in registers, of which only what beats a list's worst entry leaves them.</summary>
internal sealed unsafe class PackedListBatch(NormOrder items, PackedFactors packed, FactorMatrix queries, TopListQuery wanted, int length)
    : TopListBatch(items, queries, wanted, length)
{
    // Queries of a tile.
    private const int TileQueries = 6;

    // Blocks after which the queries are put in order first, and again after a quarter more each time.
    private const int FirstBlocks = 64;

    private readonly AlignedBuffer _queries = new(MostQueries * packed.Factors);
    private readonly AlignedBuffer _scores = new(TileQueries * 4 * Lanes.Count);

    // By place in the order, what a score must be above to be looked at: level with the worst of a list counts as well, as the lower number stays.
    private readonly float[] _below = new float[MostQueries];

    protected override void Scan(int count) => Lanes.Dispatch<Scanning, bool>(new Scanning(this, count));

    private void TakeQueries(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Query(Order[i]).CopyTo(_queries.Span[(i * packed.Factors)..]);
            _below[i] = float.BitDecrement(Threshold(Order[i]));
        }
    }

    private void Offer(int query, int place, float* scores, uint above)
    {
        var at = Order[query];
        var heap = Heap(at);
        for (; above != 0; above &= above - 1)
        {
            var lane = BitOperations.TrailingZeroCount(above);
            heap.OfferInAnyOrder(Items[place + lane], scores[lane]);
        }

        Keep(at, heap.State);
        _below[query] = float.BitDecrement(heap.Threshold);
    }

    private readonly struct Scanning(PackedListBatch batch, int count) : ILanesWork<bool>
    {
        public bool Run<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            batch.TakeQueries(count);
            var (blocks, left, arrange) = (batch.Packed.BlockCount, count, FirstBlocks);
            for (var block = 0; block < blocks && left > 0;)
            {
                var longest = batch.LongestFrom(block);
                if (block >= arrange)
                {
                    (left, arrange) = (batch.Arrange(left, longest), block + (block / 4));
                    batch.TakeQueries(left);
                }

                left = batch.WithoutDone(left, longest);
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
            var packed = batch.Packed;
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

    private PackedFactors Packed => packed;
}
