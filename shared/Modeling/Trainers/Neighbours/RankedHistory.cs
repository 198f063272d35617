using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.Neighbours;

/// <summary>Histories with ranks for times, and not longer than a bound.</summary>
internal static class RankedHistory
{
    /// <summary>
    /// The same cells with their rank in the row for a time (0: oldest; level times share a rank), or without times where the data has none.
    /// Of a row longer than <paramref name="limit"/> the newest cells stay; without times, cells at even distances.
    /// </summary>
    public static InteractionMatrix Of(InteractionMatrix interactions, int limit)
    {
        var ordered = interactions.TimeKind != TimeKind.None;
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Last, ordered ? TimeKind.Order : TimeKind.None);
        for (var row = 0; row < interactions.RowCount; row++)
        {
            var columns = interactions.RowColumns(row);
            var values = interactions.RowValues(row);
            if (!ordered)
            {
                var stride = (columns.Length + limit - 1) / limit;
                for (var i = 0; i < columns.Length; i += stride) builder.Add(row, columns[i], values[i]);
                continue;
            }

            var order = Order(interactions.RowTimes(row));
            var ranks = Ranks(interactions.RowTimes(row), order);
            foreach (var i in order.AsSpan(Math.Max(0, order.Length - limit))) builder.Add(row, columns[i], values[i], ranks[i]);
        }

        return builder.Build(interactions.RowCount, interactions.ColumnCount);
    }

    /// <summary>The rank of each time, level times sharing one.</summary>
    public static uint[] Ranks(ReadOnlySpan<uint> times) => Ranks(times, Order(times));

    private static uint[] Ranks(ReadOnlySpan<uint> times, int[] order)
    {
        var ranks = new uint[times.Length];
        var rank = 0u;
        for (var i = 1; i < order.Length; i++)
        {
            if (times[order[i]] != times[order[i - 1]]) rank = (uint)i;
            ranks[order[i]] = rank;
        }

        return ranks;
    }

    // Oldest first; of level times the lower column first.
    private static int[] Order(ReadOnlySpan<uint> times)
    {
        var keys = new ulong[times.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = ((ulong)times[i] << 32) | (uint)i;
        Array.Sort(keys);
        return Array.ConvertAll(keys, key => (int)(uint)key);
    }
}
