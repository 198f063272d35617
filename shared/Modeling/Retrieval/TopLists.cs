using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Retrieval;

/// <summary>Receives the best items of one query, best first; called concurrently for different queries.</summary>
/// <param name="query">Row of the queries.</param>
/// <param name="best">The list, good until the call returns.</param>
public delegate void TopListReceiver(int query, ReadOnlySpan<ScoredItem> best);

/// <summary>
/// The best-k lists of many queries, as exact as <see cref="TopK.Search"/> and with the same scores, many times faster: over the items that are long
/// enough to matter, a matrix product of rounded numbers with bounds of what rounding does, and float32 for what may beat a list's worst entry.
/// </summary>
public static class TopLists
{
    // Queries that are whole tiles in whichever way lists are found.
    private const int WholeTiles = 12;

    /// <summary>Finds the lists.</summary>
    /// <param name="items">The catalog.</param>
    /// <param name="queries">Rows of factors, one per viewer.</param>
    /// <param name="wanted">Which rows of <paramref name="queries"/> get a list, and of what.</param>
    /// <param name="receive">Takes each list.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="ArgumentException">Shapes that differ.</exception>
    public static void Search(NormOrder items, FactorMatrix queries, TopListQuery wanted, TopListReceiver receive, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(receive);
        wanted.Check(queries.RowCount);
        if (queries.Factors != items.Factors) throw new ArgumentException($"The queries have {queries.Factors} factors, the items {items.Factors}.", nameof(queries));
        var rows = wanted.Viewers;
        var length = Math.Min(wanted.Length, Math.Max(items.ItemCount, 1));
        RowWorkers.Run(rows.Length, ChunkOf(rows.Length, wanted.Threads), wanted.Threads, () => TopListBatch.Create(items, queries, wanted, length), (batch, from, to) =>
        {
            batch.Find(rows.Span[from..to]);
            for (var i = 0; i < to - from; i++) receive(rows.Span[from + i], batch.List(i));
        }, cancellationToken);
    }

    /// <summary>Whole tiles of queries, as many as are good for the caches unless some threads would have nothing to do.</summary>
    private static int ChunkOf(int rows, int threads)
    {
        var share = rows / (threads > 0 ? threads : Environment.ProcessorCount);
        return Math.Clamp(share / WholeTiles * WholeTiles, WholeTiles, TopListBatch.MostQueries);
    }
}
