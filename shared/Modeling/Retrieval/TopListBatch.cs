using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Retrieval;

/// <summary>
/// Finds the lists of some hundred queries together, over items from the longest vector to the shortest. Now and then the queries are put in
/// the order of how short an item may be to matter to them, so that those which are done lie at the end. The workspace of a thread.
/// </summary>
internal abstract class TopListBatch(NormOrder items, FactorMatrix queries, TopListQuery wanted, int length)
{
    /// <summary>Queries of a batch at most: with their lists they fit the second-level cache, some blocks of items the first.</summary>
    public const int MostQueries = 384;

    // Products too small for float32 may be lost, whatever the lengths.
    private const double Underflow = 1e-35;

    private readonly ScoredItem[] _lists = new ScoredItem[MostQueries * length];
    private readonly TopKState[] _states = new TopKState[MostQueries];
    private readonly int[] _rows = new int[MostQueries];
    private readonly double[] _reaches = new double[MostQueries];
    private readonly int[] _order = new int[MostQueries];
    private readonly double[] _limits = new double[MostQueries];

    /// <summary>A batch that finds lists in the way that the items are kept for.</summary>
    public static TopListBatch Create(NormOrder items, FactorMatrix queries, TopListQuery wanted, int length) =>
        items.Rounded is { } rounded ? new RoundedListBatch(items, rounded, queries, wanted, length)
        : new PackedListBatch(items, items.Packed!, queries, wanted, length);

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
            (_order[i], _limits[i]) = (i, double.NegativeInfinity);
        }

        Scan(rows.Length);
        for (var i = 0; i < rows.Length; i++) Heap(i).Finish();
    }

    /// <summary>Number of the item at each place.</summary>
    protected ReadOnlySpan<int> Items => items.Items;

    /// <summary>The queries that are not done, by their places.</summary>
    protected ReadOnlySpan<int> Order => _order;

    /// <summary>No item of this block of sixteen or a later one has a longer vector.</summary>
    protected double LongestFrom(int block) => items.LongestFrom(block);

    /// <summary>Looks at all items for so many queries.</summary>
    protected abstract void Scan(int count);

    /// <summary>A query's vector.</summary>
    protected ReadOnlySpan<float> Query(int at) => queries.Row(_rows[at]);

    /// <summary>Only a score above this, or level with it, can enter a query's list.</summary>
    protected float Threshold(int at) => _states[at].Threshold;

    /// <summary>A query's list as it stands.</summary>
    protected TopKHeap Heap(int at) =>
        new(_lists.AsSpan(at * length, length), new ItemFilter(wanted.Excluded.RowColumns(_rows[at]), wanted.Barred.Span), _states[at]);

    /// <summary>Notes where a query's list stands.</summary>
    protected void Keep(int at, TopKState state) => _states[at] = state;

    /// <summary>Puts the queries that a length matters to in the order of their limits.</summary>
    /// <returns>How many they are.</returns>
    protected int Arrange(int count, double longest)
    {
        var left = 0;
        for (var i = 0; i < count; i++)
        {
            var limit = LimitOf(_order[i]);
            if (!(longest < limit)) (_order[left], _limits[left++]) = (_order[i], limit);
        }

        Array.Sort(_limits, _order, 0, left);
        return left;
    }

    /// <summary>The first of so many queries that a length matters to, by the limits when they were put in order.</summary>
    /// <returns>How many they are.</returns>
    protected int WithoutDone(int count, double longest)
    {
        // Limits ascend, those without a number first: what the length no longer matters to is at the end.
        while (count > 0 && longest < _limits[count - 1]) count--;
        return count;
    }

    // No item with a shorter vector enters this query's list any more. A reach of zero, or without a number, never ends a scan.
    private double LimitOf(int at) => (Math.Min(_states[at].Threshold, float.MaxValue) - Underflow) / _reaches[at];
}
