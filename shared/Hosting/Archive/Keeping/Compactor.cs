using System.Security.Cryptography;
using Recommender.Hosting.Objects;

namespace Recommender.Hosting.Archive.Keeping;

/// <summary>
/// Merges small neighbours into one batch of the same offsets, one file for each day. The new files are written beside, described by the manifests,
/// and put in place one by one; they count from the moment on when the last of them is there, and until then the old ones do.
/// </summary>
internal sealed class Compactor(
    ArchiveCatalog archive, DayManifests manifests, KeepingRules rules, DateTimeOffset now, KeepingReport report, CancellationToken cancellationToken)
{
    /// <summary>Merges what is due.</summary>
    public void Run()
    {
        if (rules.CompactFiles == 0) return;
        var pending = archive.Leftover.Except(Leftovers.Replaced(archive).Select(r => r.File)).ToLookup(f => (f.Log, f.Type, f.Partition));
        foreach (var chain in archive.Chains)
        {
            var unclear = pending[(chain[0].Log, chain[0].Type, chain[0].Partition)].ToArray();
            foreach (var stretch in Stretches(chain))
            {
                var sizes = stretch.ConvertAll(b => unclear.Any(f => f.From <= b.To && f.To >= b.From) ? null : SizeOf(b));
                foreach (var (first, count) in CompactionPlan.Runs(sizes, rules.CompactFiles, rules.CompactBytes))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Merge(stretch.GetRange(first, count));
                }
            }
        }
    }

    /// <summary>Neighbours that may be merged. Rows that are read in the order of their offsets must not change places, and files are read by day.</summary>
    private static IEnumerable<List<ArchiveBatch>> Stretches(IReadOnlyList<ArchiveBatch> chain)
    {
        var isOrdered = chain[0].Type is "catalog" or ErasureLog.Type;
        var stretch = new List<ArchiveBatch>();
        foreach (var batch in chain)
        {
            var fits = stretch.Count == 0
                || (stretch[^1].To + 1 == batch.From && (!isOrdered || stretch[^1].Files.Max(f => f.Day) <= batch.Files.Min(f => f.Day)));
            if (!fits)
            {
                yield return stretch;
                stretch = [];
            }
            stretch.Add(batch);
        }
        yield return stretch;
    }

    /// <summary>The size of a batch; null when one of its files is too young, or not in its manifest.</summary>
    private long? SizeOf(ArchiveBatch batch)
    {
        var bytes = 0L;
        foreach (var file in batch.Files)
        {
            if (EntryOf(file) is not { } entry || archive.Find(file) is not { } found || now - found.WrittenAt < rules.Grace) return null;
            bytes += entry.Bytes;
        }
        return bytes;
    }

    private void Merge(List<ArchiveBatch> batches)
    {
        var days = batches.SelectMany(b => b.Files).GroupBy(f => f.Day).OrderBy(d => d.Key).Select(d => d.ToArray()).Where(d => d.Sum(RowsOf) > 0).ToList();
        if (days.Count == 0) days.Add([.. batches[^1].Files.TakeLast(1)]); // the chain of offsets must not break
        using var staged = new StagedObjects();
        for (var i = 0; i < days.Count; i++)
        {
            var sources = days[i];
            var made = new ArchiveFile(
                sources[0].Type, sources[0].Day, sources[0].Log, sources[0].Partition, batches[0].From, batches[^1].To, i + 1, days.Count);
            var content = archive.Store.Stage(made.RelativePath, stream => RowFile.Write(stream, write =>
            {
                foreach (var source in sources)
                {
                    using var file = archive.Store.Borrow(source.RelativePath, cancellationToken);
                    ArchiveRows.Read(file.Path, row => write(row), cancellationToken);
                }
            }));
            staged.Add(content);
            Describe(made, content.Path, sources);
        }
        foreach (var content in staged) content.Commit();
        report.Merged += batches.Sum(b => b.Files.Count);
        report.Made += staged.Count;
    }

    private void Describe(ArchiveFile made, string temporary, ArchiveFile[] sources)
    {
        using var file = File.OpenRead(temporary);
        var parts = new List<(long To, long Rows)>();
        foreach (var source in sources)
        {
            var entry = EntryOf(source)!;
            if (entry.Parts is { } text) parts.AddRange(ManifestParts.Decode(text));
            else parts.Add((source.To, entry.Rows));
        }
        var name = Path.GetFileName(made.RelativePath);
        var entryMade = new ManifestFile(name, sources.Sum(RowsOf), file.Length, Convert.ToHexStringLower(SHA256.HashData(file)), sources.Min(s => EntryOf(s)!.Wishes))
        {
            Parts = ManifestParts.Encode(parts),
        };
        // It takes its place among those that count with the next look at the day.
        var manifest = ManifestOf(made)!;
        manifest = manifest with { Superseded = [.. manifest.Superseded.Where(f => f.Name != name), entryMade] };
        manifests.Write(manifest);
    }

    private ManifestFile? EntryOf(ArchiveFile file)
    {
        var name = Path.GetFileName(file.RelativePath);
        return ManifestOf(file)?.Files.FirstOrDefault(f => f.Name == name);
    }

    private long RowsOf(ArchiveFile file) => EntryOf(file)!.Rows;

    private DayManifest? ManifestOf(ArchiveFile file) => manifests.Read(file.Type, file.Day);

    /// <summary>What is written and not in its place yet; what never gets there is deleted.</summary>
    private sealed class StagedObjects : List<StagedObject>, IDisposable
    {
        public void Dispose() => ForEach(s => s.Dispose());
    }
}
