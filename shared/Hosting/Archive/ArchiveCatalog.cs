namespace Recommender.Hosting.Archive;

/// <summary>
/// Which archive files count. Names alone decide: per (log, type, partition) complete batches are chained by offset; where a
/// crash or a takeover left the same offsets in two batches, one of them counts.
/// </summary>
public sealed class ArchiveCatalog
{
    private readonly Dictionary<(string Log, string Type, int Partition), List<ArchiveFile>> _chains = [];

    private ArchiveCatalog(string root) => Root = root;

    /// <summary>The archive's folder.</summary>
    public string Root { get; }

    /// <summary>Ranges of offsets, one entry per chain: from the first to the last archived offset, inclusive.</summary>
    public IEnumerable<(string Log, string Type, int Partition, long From, long To)> Ranges =>
        _chains.Where(c => c.Value.Count > 0).Select(c => (c.Key.Log, c.Key.Type, c.Key.Partition, c.Value[0].From, c.Value[^1].To));

    /// <summary>Lists the archive; an absent folder is an empty archive.</summary>
    /// <param name="root">The archive's folder.</param>
    /// <param name="keep">Which files there are at all, such as those of an earlier time; null: every one.</param>
    public static ArchiveCatalog Load(string root, Func<ArchiveFile, bool>? keep = null)
    {
        var catalog = new ArchiveCatalog(Path.GetFullPath(root));
        if (!Directory.Exists(catalog.Root)) return catalog;
        var files = Directory.EnumerateFiles(catalog.Root, "*" + ArchiveFile.Extension, SearchOption.AllDirectories)
            .Select(path => ArchiveFile.Parse(Path.GetRelativePath(catalog.Root, path))).OfType<ArchiveFile>().Where(f => keep is null || keep(f));
        foreach (var group in files.GroupBy(f => (f.Log, f.Type, f.Partition)))
            catalog._chains[group.Key] = Chain(group);
        return catalog;
    }

    /// <summary>The offset after the last archived one; null when nothing of that partition is archived.</summary>
    public long? NextOffset(string log, string type, int partition) =>
        _chains.TryGetValue((log, type, partition), out var chain) && chain.Count > 0 ? chain[^1].To + 1 : null;

    /// <summary>The files that count, of the given types (all when none is given), in the order of type, day, log, partition and offset.</summary>
    public IReadOnlyList<ArchiveFile> Files(params IReadOnlyCollection<string> types) =>
    [
        .. _chains.Values.SelectMany(c => c).Where(f => types.Count == 0 || types.Contains(f.Type))
            .OrderBy(f => f.Type, StringComparer.Ordinal).ThenBy(f => f.Day).ThenBy(f => f.Log, StringComparer.Ordinal)
            .ThenBy(f => f.Partition).ThenBy(f => f.From),
    ];

    /// <summary>The files of a type that count, log by log, each partition in the order of its offsets.</summary>
    public IReadOnlyList<ArchiveFile> FilesByLog(string type) =>
    [
        .. _chains.Values.SelectMany(c => c).Where(f => f.Type == type)
            .OrderBy(f => f.Log, StringComparer.Ordinal).ThenBy(f => f.Partition).ThenBy(f => f.From).ThenBy(f => f.Day),
    ];

    /// <summary>
    /// The complete batches without overlap that cover the most offsets. Two writers can only overlap for the moment of a takeover, and both
    /// then hold the same records, so any choice of greatest cover is right.
    /// </summary>
    private static List<ArchiveFile> Chain(IEnumerable<ArchiveFile> files)
    {
        var batches = files.GroupBy(f => (f.From, f.To, f.Count)).Where(b => b.Select(f => f.Index).Distinct().Count() == b.Key.Count)
            .OrderBy(b => b.Key.From).ThenBy(b => b.Key.To).Select(b => (b.Key.From, b.Key.To, Files: b.ToArray())).ToArray();
        var starts = Array.ConvertAll(batches, b => b.From);
        var best = new (long Covered, int First)[batches.Length + 1];
        best[^1].First = -1;
        var next = new int[batches.Length];
        for (var i = batches.Length - 1; i >= 0; i--)
        {
            next[i] = FirstFrom(starts, batches[i].To + 1);
            var covered = batches[i].To - batches[i].From + 1 + best[next[i]].Covered;
            best[i] = covered > best[i + 1].Covered ? (covered, i) : best[i + 1];
        }
        var chain = new List<ArchiveFile>();
        for (var i = best[0].First; i >= 0; i = best[next[i]].First) chain.AddRange(batches[i].Files);
        return chain;
    }

    private static int FirstFrom(long[] starts, long offset)
    {
        var index = Array.BinarySearch(starts, offset);
        if (index < 0) return ~index;
        while (index > 0 && starts[index - 1] == offset) index--;
        return index;
    }
}
