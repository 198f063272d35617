using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers;

/// <summary>Some items of a catalog, numbered anew in their order.</summary>
internal sealed class ItemSubset
{
    private readonly int[] _items;
    private readonly int[] _numbers;

    private ItemSubset(int[] items, int catalog)
    {
        _items = items;
        _numbers = new int[catalog];
        Array.Fill(_numbers, -1);
        for (var i = 0; i < items.Length; i++) _numbers[items[i]] = i;
    }

    /// <summary>Number of items in it.</summary>
    public int Count => _items.Length;

    /// <summary>Number of items in the catalog.</summary>
    public int CatalogCount => _numbers.Length;

    /// <summary>Catalog numbers of the items.</summary>
    public ReadOnlySpan<int> Items => _items;

    /// <summary>The most popular items; of level ones the lower numbers.</summary>
    public static ItemSubset MostPopular(int[] counts, int most)
    {
        var order = Enumerable.Range(0, counts.Length).ToArray();
        Array.Sort(order, (a, b) => counts[a] != counts[b] ? counts[b].CompareTo(counts[a]) : a.CompareTo(b));
        var kept = order[..Math.Min(most, order.Length)];
        Array.Sort(kept);
        return new ItemSubset(kept, counts.Length);
    }

    /// <summary>The items that occur in a matrix.</summary>
    public static ItemSubset OccurringIn(InteractionMatrix matrix)
    {
        var counts = matrix.ColumnLengths();
        return new ItemSubset([.. Enumerable.Range(0, counts.Length).Where(item => counts[item] > 0)], counts.Length);
    }

    /// <summary>The number of a catalog item here, or -1.</summary>
    public int NumberOf(int item) => _numbers[item];

    /// <summary>The cells of these items, with their numbers here.</summary>
    public InteractionMatrix Of(InteractionMatrix matrix)
    {
        if (Count == CatalogCount) return matrix;
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Last, matrix.TimeKind);
        for (var row = 0; row < matrix.RowCount; row++)
        {
            var columns = matrix.RowColumns(row);
            var values = matrix.RowValues(row);
            var times = matrix.RowTimes(row);
            for (var i = 0; i < columns.Length; i++)
            {
                if (_numbers[columns[i]] >= 0) builder.Add(row, _numbers[columns[i]], values[i], times.IsEmpty ? 0 : times[i]);
            }
        }

        return builder.Build(matrix.RowCount, Count);
    }
}
