namespace Recommender.Hosting.Archive.Keeping;

/// <summary>
/// Which neighbours to merge, by size alone. Batches are sorted into tiers, each as many times larger than the one below as files are merged at once,
/// and neighbours of a tier are merged when there are that many of them: so a row is written again about log(target / smallest) times, however
/// long the archive grows (size-tiered compaction, as log-structured merge trees do it: O'Neil et al. 1996; Cassandra, RocksDB "universal").
/// </summary>
internal static class CompactionPlan
{
    private const long SmallestTier = 64 * 1024;

    /// <summary>Finds runs of neighbours.</summary>
    /// <param name="batches">Sizes in bytes in the order of the offsets; null: not to be touched.</param>
    /// <param name="files">How many neighbours make a run, at least 2.</param>
    /// <param name="most">Bytes that a run has at most.</param>
    /// <returns>Runs without overlap.</returns>
    public static IReadOnlyList<(int First, int Count)> Runs(IReadOnlyList<long?> batches, int files, long most)
    {
        var tiers = batches.Select(b => b is { } bytes && bytes < most / 2 ? TierOf(bytes, files) : int.MaxValue).ToArray();
        var runs = new List<(int, int)>();
        foreach (var tier in tiers.Where(t => t < int.MaxValue).Distinct().Order().ToArray())
        {
            for (var i = 0; i < tiers.Length; i++)
            {
                var (count, ofTier, bytes) = (0, 0, 0L);
                for (; i + count < tiers.Length && tiers[i + count] <= tier && bytes + batches[i + count]!.Value <= most; count++)
                {
                    bytes += batches[i + count]!.Value;
                    if (tiers[i + count] == tier) ofTier++;
                }
                if (count == 0) continue;
                // Smaller ones between them come along; counted, they would have large ones written again for their sake.
                if (ofTier >= files)
                {
                    runs.Add((i, count));
                    Array.Fill(tiers, int.MaxValue, i, count);
                }
                i += count - 1;
            }
        }
        return runs;
    }

    private static int TierOf(long bytes, int files)
    {
        var tier = 0;
        for (var limit = SmallestTier; bytes > limit; limit *= files) tier++;
        return tier;
    }
}
