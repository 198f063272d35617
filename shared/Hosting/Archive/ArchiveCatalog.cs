using Recommender.Hosting.Objects;

namespace Recommender.Hosting.Archive;

/// <summary>
/// Which archive files count. Names alone decide: per (log, type, partition) complete batches are chained by offset (<see cref="BatchChain"/>); where a
/// crash, a takeover or a compaction left the same offsets in two batches, one of them counts.
/// </summary>
public sealed class ArchiveCatalog
{
    private readonly Dictionary<(string Log, string Type, int Partition), IReadOnlyList<ArchiveBatch>> _chains = [];
    private readonly List<ArchiveFile> _leftover = [];
    private readonly Dictionary<string, StoredObject> _listed = new(StringComparer.Ordinal);

    private ArchiveCatalog(IObjectStore store) => Store = store;

    /// <summary>Where the archive is.</summary>
    public IObjectStore Store { get; }

    /// <summary>The archive's folder; empty where it is none.</summary>
    public string Root => Store.PathOf("") ?? "";

    /// <summary>Ranges of offsets, one entry per chain: from the first to the last archived offset, inclusive.</summary>
    public IEnumerable<(string Log, string Type, int Partition, long From, long To)> Ranges =>
        _chains.Where(c => c.Value.Count > 0).Select(c => (c.Key.Log, c.Key.Type, c.Key.Partition, c.Value[0].From, c.Value[^1].To));

    /// <summary>The batches that count, partition by partition in the order of their offsets.</summary>
    public IEnumerable<IReadOnlyList<ArchiveBatch>> Chains => _chains.Values.Where(c => c.Count > 0);

    /// <summary>Files that do not count: of incomplete batches, and of those whose offsets others hold.</summary>
    public IReadOnlyList<ArchiveFile> Leftover => _leftover;

    /// <summary>The batches that count of one partition, in the order of their offsets.</summary>
    public IReadOnlyList<ArchiveBatch> ChainOf(string log, string type, int partition) => _chains.GetValueOrDefault((log, type, partition)) ?? [];

    /// <summary>Lists the archive; an absent folder is an empty archive.</summary>
    /// <param name="root">The archive's folder.</param>
    /// <param name="keep">Which files there are at all, such as those of an earlier time; null: every one.</param>
    public static ArchiveCatalog Load(string root, Func<ArchiveFile, bool>? keep = null)
    {
        var catalog = new ArchiveCatalog(new FolderStore(root));
        catalog.Chain(FilesIn(catalog.Root).Where(f => keep is null || keep(f)));
        return catalog;
    }

    /// <summary>Lists the archive, wherever it is.</summary>
    /// <param name="store">Where it is.</param>
    /// <param name="also">A folder with files of the same archive, on their way there; null: there is none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The store does not answer.</exception>
    public static ArchiveCatalog Load(IObjectStore store, string? also = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var catalog = new ArchiveCatalog(store);
        if (store.PathOf("") is { } root)
        {
            catalog.Chain(FilesIn(root));
            return catalog;
        }
        // What is on its way first: a file that arrives in between is in both, and would otherwise be in neither.
        var waiting = also is null ? [] : FilesIn(also).ToArray();
        foreach (var listed in store.List("", cancellationToken)) catalog._listed[listed.Name] = listed;
        catalog.Chain(catalog._listed.Keys.Select(ArchiveFile.Parse).OfType<ArchiveFile>().Union(waiting));
        return catalog;
    }

    /// <summary>A file as it was listed; where objects are files, as it is now. Null when it is not there.</summary>
    internal StoredObject? Find(ArchiveFile file)
    {
        if (Store.PathOf(file.RelativePath) is not { } path) return _listed.GetValueOrDefault(file.RelativePath);
        var info = new FileInfo(path);
        return info.Exists ? new StoredObject(file.RelativePath, info.Length, info.LastWriteTimeUtc, "") : null;
    }

    /// <summary>The other objects that were listed; of a folder, what is there now.</summary>
    internal IReadOnlyCollection<StoredObject> Listed => Store.PathOf("") is null ? _listed.Values : Store.List();

    /// <summary>The files of an archive in a folder, in no order; none where it is not there.</summary>
    public static IEnumerable<ArchiveFile> FilesIn(string root) => !Directory.Exists(root) ? [] :
        Directory.EnumerateFiles(root, "*" + ArchiveFile.Extension, SearchOption.AllDirectories).Select(path => ArchiveFile.Parse(Path.GetRelativePath(root, path))).OfType<ArchiveFile>();

    private void Chain(IEnumerable<ArchiveFile> files)
    {
        foreach (var group in files.GroupBy(f => (f.Log, f.Type, f.Partition)))
        {
            var all = group.ToArray();
            var chain = BatchChain.Of(Complete(all));
            _chains[group.Key] = chain;
            _leftover.AddRange(all.Except(chain.SelectMany(b => b.Files)));
        }
    }

    /// <summary>The offset after the last archived one; null when nothing of that partition is archived.</summary>
    public long? NextOffset(string log, string type, int partition) =>
        _chains.TryGetValue((log, type, partition), out var chain) && chain.Count > 0 ? chain[^1].To + 1 : null;

    /// <summary>The files that count, of the given types (all when none is given), in the order of type, day, log, partition and offset.</summary>
    public IReadOnlyList<ArchiveFile> Files(params IReadOnlyCollection<string> types) =>
    [
        .. _chains.Values.SelectMany(c => c).SelectMany(b => b.Files).Where(f => types.Count == 0 || types.Contains(f.Type))
            .OrderBy(f => f.Type, StringComparer.Ordinal).ThenBy(f => f.Day).ThenBy(f => f.Log, StringComparer.Ordinal)
            .ThenBy(f => f.Partition).ThenBy(f => f.From),
    ];

    /// <summary>The files of a type that count, log by log, each partition in the order of its offsets.</summary>
    public IReadOnlyList<ArchiveFile> FilesByLog(string type) =>
    [
        .. _chains.Values.SelectMany(c => c).SelectMany(b => b.Files).Where(f => f.Type == type)
            .OrderBy(f => f.Log, StringComparer.Ordinal).ThenBy(f => f.Partition).ThenBy(f => f.From).ThenBy(f => f.Day),
    ];

    private static IEnumerable<ArchiveBatch> Complete(IEnumerable<ArchiveFile> files) =>
        from file in files
        group file by (file.From, file.To, file.Count) into batch
        let parts = batch.DistinctBy(f => f.Index).OrderBy(f => f.Index).ToArray()
        where parts.Length == batch.Key.Count
        select new ArchiveBatch(parts[0].Log, parts[0].Type, parts[0].Partition, batch.Key.From, batch.Key.To, parts);
}
