using System.Globalization;
using System.Security.Cryptography;
using Recommender.Hosting.Objects;

namespace Recommender.Hosting.Archive.Keeping;

/// <summary>
/// Proves an archive: reads every file that counts, compares it with its manifest, and looks for gaps and for rows that nobody counts. Nothing is
/// changed. While somebody keeps the archive in order, take the <see cref="ArchiveLock"/>, so that manifests and files agree.
/// </summary>
public sealed class ArchiveVerifier
{
    private readonly ArchiveCatalog _archive;
    private readonly Dictionary<string, ManifestFile> _described = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _rows = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    private int _undescribed;

    private ArchiveVerifier(IObjectStore archive) => _archive = ArchiveCatalog.Load(archive);

    /// <summary>Reads all of an archive.</summary>
    /// <param name="root">Its folder.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static ArchiveProof Verify(string root, CancellationToken cancellationToken) => Verify(new FolderStore(root), cancellationToken);

    /// <summary>Reads all of an archive.</summary>
    /// <param name="archive">Where it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ObjectStoreException">The store does not answer.</exception>
    public static ArchiveProof Verify(IObjectStore archive, CancellationToken cancellationToken)
    {
        var verifier = new ArchiveVerifier(archive);
        verifier.ReadManifests();
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(verifier._archive.Files(), parallel, file => verifier.Check(file, cancellationToken));
        var chains = verifier._archive.Chains.Select(verifier.Check).OrderBy(c => c.Log, StringComparer.Ordinal).ThenBy(c => c.Type, StringComparer.Ordinal)
            .ThenBy(c => c.Partition).ToArray();
        verifier.CheckLeftover();
        verifier.CheckNames();
        return new ArchiveProof(chains, [.. verifier._problems.Order(StringComparer.Ordinal)], verifier._undescribed);
    }

    private void ReadManifests()
    {
        var counted = _archive.Files().ToHashSet();
        var listed = _archive.Listed;
        var names = listed.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var found in listed.Where(o => DayManifests.IsManifest(o.Name)))
        {
            try
            {
                if (_archive.Store.Read(found) is not { } content || DayManifest.Parse($"{_archive.Store.Address}/{found.Name}", content) is not { } manifest) continue;
                if (manifest.Rows != manifest.Files.Sum(f => f.Rows)) _problems.Add($"{found.Name}: its rows are not the sum of its files' rows");
                foreach (var entry in manifest.Files.Concat(manifest.Superseded))
                    _described[Path.Combine(DayManifest.FolderOf(manifest.Type, manifest.Day), entry.Name)] = entry;
                foreach (var entry in manifest.Files)
                {
                    var name = Path.Combine(DayManifest.FolderOf(manifest.Type, manifest.Day), entry.Name);
                    if (!names.Contains(name)) _problems.Add($"{name}: its manifest names it, and it is not there");
                    else if (ArchiveFile.Parse(name) is not { } file || (!counted.Contains(file) && !_archive.Leftover.Contains(file)))
                        _problems.Add($"{name}: its manifest names it, and it is no file of the archive");
                }
            }
            catch (InvalidDataException e)
            {
                _problems.Add(e.Message);
            }
        }
    }

    private void Check(ArchiveFile file, CancellationToken cancellationToken)
    {
        var rows = 0L;
        var wrong = new List<string>();
        try
        {
            using var copy = _archive.Store.Borrow(file.RelativePath, cancellationToken);
            ArchiveRows.Read(copy.Path, _ => rows++, cancellationToken);
            using var stream = File.OpenRead(copy.Path);
            if (!_described.TryGetValue(file.RelativePath, out var entry))
            {
                Interlocked.Increment(ref _undescribed);
                if (stream.Length == 0) wrong.Add("it is empty, which also a file of no rows is not");
            }
            else if (entry.Bytes != stream.Length || entry.Sha256 != Convert.ToHexStringLower(SHA256.HashData(stream))) wrong.Add("its checksum is not that of its manifest");
            else if (entry.Rows != rows) wrong.Add(string.Create(CultureInfo.InvariantCulture, $"it has {rows} rows, its manifest says {entry.Rows}"));
        }
        catch (Exception e) when (e is InvalidDataException or UnauthorizedAccessException or (IOException and not ObjectStoreException))
        {
            wrong.Add($"it can't be read: {e.Message}");
        }
        lock (_problems)
        {
            _rows[file.RelativePath] = rows;
            _problems.AddRange(wrong.Select(w => $"{file.RelativePath}: {w}"));
        }
    }

    private ProvenChain Check(IReadOnlyList<ArchiveBatch> chain)
    {
        var (log, type, partition) = (chain[0].Log, chain[0].Type, chain[0].Partition);
        foreach (var (before, after) in chain.Zip(chain.Skip(1)).Where(p => p.First.To + 1 != p.Second.From))
            Tell(log, type, partition, $"nothing is archived of the offsets {before.To + 1} to {after.From - 1}");
        foreach (var batch in chain)
        {
            var rows = batch.Files.Sum(f => _rows[f.RelativePath]);
            if (rows > batch.To - batch.From + 1) Tell(log, type, partition, $"there are {rows} rows of the offsets {batch.From} to {batch.To}");
        }
        return new ProvenChain(log, type, partition, chain[0].From, chain[^1].To, chain.Sum(b => b.Files.Sum(f => _rows[f.RelativePath])), chain.Sum(b => b.Files.Count));
    }

    /// <summary>Files that do not count are harmless when others hold their offsets.</summary>
    private void CheckLeftover()
    {
        foreach (var batch in _archive.Leftover.GroupBy(f => (f.Log, f.Type, f.Partition, f.From, f.To)))
        {
            var next = batch.Key.From;
            foreach (var held in _archive.ChainOf(batch.Key.Log, batch.Key.Type, batch.Key.Partition))
                if (held.From <= next && held.To >= next) next = held.To + 1;
            if (next <= batch.Key.To) Tell(batch.Key.Log, batch.Key.Type, batch.Key.Partition, $"files of the offsets {batch.Key.From} to {batch.Key.To} do not count, and no others hold {next} to {batch.Key.To}");
        }
    }

    /// <summary>Files that other tools would read and nobody here counts: under names of no archive file, and in a day beside the one whose file counts.</summary>
    private void CheckNames()
    {
        foreach (var found in _archive.Listed.Where(o => o.Name.EndsWith(ArchiveFile.Extension, StringComparison.Ordinal) && !o.Name.StartsWith('.') && ArchiveFile.Parse(o.Name) is null))
            _problems.Add($"{found.Name}: no file of the archive has such a name, and its rows count for nobody");
        var counted = _archive.Files().ToDictionary(f => f with { Day = default });
        foreach (var file in _archive.Leftover)
            if (counted.TryGetValue(file with { Day = default }, out var other)) _problems.Add($"{file.RelativePath}: {other.RelativePath} is the same part of the same batch, and one of them does not belong here");
    }

    private void Tell(string log, string type, int partition, FormattableString what) =>
        _problems.Add(string.Create(CultureInfo.InvariantCulture, $"{log}/{type}/{partition}: ") + what.ToString(CultureInfo.InvariantCulture));
}
