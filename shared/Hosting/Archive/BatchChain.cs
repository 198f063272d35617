namespace Recommender.Hosting.Archive;

/// <summary>
/// Which batches of one partition count, decided by their offsets alone. Writers go on where the chain ends and compaction puts one batch in the
/// place of several, so from the first offset on each batch begins where another ends; where a crash, a takeover or a compaction left the same
/// offsets more than once, any whole path holds the same records.
/// </summary>
internal static class BatchChain
{
    /// <summary>
    /// The path that leads furthest without a gap, in the fewest batches; behind a gap, the same again. What was counted stays so when batches
    /// are added: a writer that comes too late can lengthen the path but never make another one begin later.
    /// </summary>
    /// <param name="batches">Complete batches of one partition of one log.</param>
    public static IReadOnlyList<ArchiveBatch> Of(IEnumerable<ArchiveBatch> batches)
    {
        var sorted = batches.OrderBy(b => b.From).ThenByDescending(b => b.To).ThenBy(b => b.Files.Count).ToArray();
        var starts = Array.ConvertAll(sorted, b => b.From);
        // From each batch on: how far one comes, in how many batches, and with which next one.
        var best = new (long Reach, int Steps, int Next)[sorted.Length];
        for (var i = sorted.Length - 1; i >= 0; i--)
        {
            var next = Best(best, starts, sorted[i].To + 1);
            best[i] = next < 0 ? (sorted[i].To, 1, -1) : (best[next].Reach, best[next].Steps + 1, next);
        }
        var chain = new List<ArchiveBatch>();
        var place = 0;
        while (place < sorted.Length)
        {
            for (var i = Best(best, starts, starts[place]); i >= 0; i = best[i].Next) chain.Add(sorted[i]);
            place = FirstFrom(starts, chain[^1].To + 1);
        }
        return chain;
    }

    /// <summary>Of the batches that begin at an offset, the one to go on with; -1 when there is none.</summary>
    private static int Best((long Reach, int Steps, int Next)[] best, long[] starts, long offset)
    {
        var chosen = -1;
        for (var i = FirstFrom(starts, offset); i < starts.Length && starts[i] == offset; i++)
            if (chosen < 0 || best[i].Reach > best[chosen].Reach || (best[i].Reach == best[chosen].Reach && best[i].Steps < best[chosen].Steps)) chosen = i;
        return chosen;
    }

    private static int FirstFrom(long[] starts, long offset)
    {
        var index = Array.BinarySearch(starts, offset);
        if (index < 0) return ~index;
        while (index > 0 && starts[index - 1] == offset) index--;
        return index;
    }
}
