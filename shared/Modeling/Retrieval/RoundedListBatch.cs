using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Retrieval;

/// <summary>
/// Finds lists by a first look at rounded numbers: whatever may belong to a list, by the bounds of what rounding did, is scored in float32, some items
/// at a time.
/// </summary>
internal sealed unsafe class RoundedListBatch(NormOrder items, RoundedGroups groups, FactorMatrix queries, TopListQuery wanted, int length)
    : TopListBatch(items, queries, wanted, length)
{
    private const int TileQueries = RoundedScan.TileQueries;

    // Groups after which the queries are put in order first, and again after a quarter more each time.
    private const int FirstGroups = 16;

    private readonly RoundedQueries _rounded = new(MostQueries, groups.Factors);

    // By query: items that wait to be scored, and their number.
    private readonly int[] _waiting = new int[MostQueries * OrderedDot.AtOnce];
    private readonly int[] _waits = new int[MostQueries];

    // By place in the order; a sum of rounded products must be above the last one.
    private readonly float[] _scores = new float[MostQueries];
    private readonly float[] _lengths = new float[MostQueries];
    private readonly float[] _errors = new float[MostQueries];
    private readonly int[] _below = new int[MostQueries];

    protected override void Scan(int count)
    {
        for (var at = 0; at < count; at++) _rounded.Set(at, Query(at));
        _waits.AsSpan(0, count).Clear();
        TakeQueries(count);
        const int Blocks = RoundedGroups.GroupItems / Lanes.Count;
        var (left, arrange) = (count, FirstGroups);
        for (var group = 0; group < groups.GroupCount && left > 0; group++)
        {
            var longest = LongestFrom(group * Blocks);
            if (group >= arrange)
            {
                (left, arrange) = (Arrange(left, longest), group + (group / 4));
                TakeQueries(left);
            }

            left = WithoutDone(left, longest);
            Bound(group, left);
            Scan(group, left);
        }

        for (var at = 0; at < count; at++) Score(at);
    }

    private void TakeQueries(int count)
    {
        for (var i = 0; i < count; i++) (_scores[i], _lengths[i], _errors[i]) = _rounded.NeedOf(Order[i], Threshold(Order[i]));
    }

    /// <summary>Reckons what a sum of a group's rounded products must be above, for each query.</summary>
    private void Bound(int group, int count)
    {
        // A little more than what is lost on the way to a whole number.
        const float Slack = 1 + 1e-5f;
        var inverse = Vector256.Create(groups.Inverses[group]);
        var (length, error) = (Vector256.Create(groups.Lengths[group] * Slack), Vector256.Create(groups.Errors[group] * Slack));
        var (least, most) = (Vector256.Create(-32767f), Vector256.Create(32768f));
        for (var i = 0; i < count; i += Vector256<float>.Count)
        {
            // By Cauchy and Schwarz: what rounding took from a query times the item's length, and the other way round.
            var lost = (Vector256.Create(_errors, i) * length) + (Vector256.Create(_lengths, i) * error);
            var needed = (Vector256.Create(_scores, i) * inverse) - lost;
            // What is not a number passes everything.
            needed = Vector256.ConditionalSelect(Vector256.GreaterThan(needed, least), needed, least);
            needed = Vector256.Floor(Vector256.ConditionalSelect(Vector256.LessThan(needed, most), needed, most));
            (Vector256.ConvertToInt32Native(needed) - Vector256<int>.One).CopyTo(_below, i);
        }
    }

    private void Scan(int group, int left)
    {
        var bytes = groups.Bytes + ((nint)group * groups.GroupBytes);
        var masks = stackalloc ulong[TileQueries];
        for (var first = 0; first < left; first += TileQueries)
        {
            // The last tile may be wider than what is left: what it finds beside is never looked at.
            var tile = Tile(first, left);
            if (!RoundedScan.Look(bytes, groups.Pairs, tile, masks)) continue;
            for (var q = 0; q < Math.Min(TileQueries, left - first); q++)
            {
                if (masks[q] != 0) Wait(first + q, group * RoundedGroups.GroupItems, masks[q]);
            }
        }

        GC.KeepAlive(groups);
    }

    private RoundedTile Tile(int first, int left)
    {
        var (a, b, c, d) = (first, Math.Min(first + 1, left - 1), Math.Min(first + 2, left - 1), Math.Min(first + 3, left - 1));
        var order = Order;
        return new RoundedTile
        {
            A = _rounded.Numbers(order[a]), B = _rounded.Numbers(order[b]), C = _rounded.Numbers(order[c]), D = _rounded.Numbers(order[d]),
            Starts = Vector64.Create(_rounded.Start(order[a]), _rounded.Start(order[b]), _rounded.Start(order[c]), _rounded.Start(order[d])),
            Below = Vector64.Create((short)_below[a], (short)_below[b], (short)_below[c], (short)_below[d]),
        };
    }

    private void Wait(int place, int firstItem, ulong mask)
    {
        var at = Order[place];
        for (; mask != 0; mask &= mask - 1)
        {
            var item = firstItem + BitOperations.TrailingZeroCount(mask);
            if (item >= groups.ItemCount) return;
            var row = groups.Rows + ((nint)item * groups.Factors);
            for (var f = 0; f < groups.Factors; f += Lanes.Count) Sse.Prefetch0(row + f);
            _waiting[(at * OrderedDot.AtOnce) + _waits[at]++] = item;
            if (_waits[at] < OrderedDot.AtOnce) continue;
            Score(at);
            _scores[place] = _rounded.NeedOf(at, Threshold(at)).Score;
        }
    }

    /// <summary>Scores the items that wait for a query.</summary>
    private void Score(int at)
    {
        var waiting = _waiting.AsSpan(at * OrderedDot.AtOnce, _waits[at]);
        _waits[at] = 0;
        if (waiting.IsEmpty) return;
        var scores = stackalloc float[OrderedDot.AtOnce];
        var rows = stackalloc float*[OrderedDot.AtOnce];
        for (var i = 0; i < OrderedDot.AtOnce; i++) rows[i] = groups.Rows + ((nint)waiting[Math.Min(i, waiting.Length - 1)] * groups.Factors);
        fixed (float* query = Query(at)) OrderedDot.Of(query, rows, groups.Factors, scores);
        var heap = Heap(at);
        for (var i = 0; i < waiting.Length; i++) heap.OfferInAnyOrder(Items[waiting[i]], scores[i]);
        Keep(at, heap.State);
    }
}
