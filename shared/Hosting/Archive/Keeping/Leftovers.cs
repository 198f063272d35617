using Recommender.Hosting.Artifacts;

namespace Recommender.Hosting.Archive.Keeping;

/// <summary>What is left behind by merging, crashes and writers that came too late.</summary>
internal static class Leftovers
{
    /// <summary>
    /// The leftover files that may go: those of batches from which a path of leftover batches leads to the end of a batch that counts and holds
    /// their offsets, as merging leaves them, and those of incomplete batches whose offsets are held. A whole batch that ends elsewhere stays: its writer
    /// may go on right behind it.
    /// </summary>
    /// <returns>Each with the batches that count in its place; in the order in which they may be deleted.</returns>
    public static IEnumerable<(ArchiveFile File, ArchiveBatch[] Holders)> Replaced(ArchiveCatalog archive)
    {
        foreach (var partition in archive.Leftover.GroupBy(f => (f.Log, f.Type, f.Partition)))
        {
            var chain = archive.ChainOf(partition.Key.Log, partition.Key.Type, partition.Key.Partition);
            var groups = partition.GroupBy(f => (f.From, f.To, f.Count)).OrderByDescending(g => g.Key.From).ToArray();
            var starts = new HashSet<long>(); // of the batches from which a path leads to the end
            var replaced = new List<(ArchiveFile, ArchiveBatch[])>();
            foreach (var group in groups)
            {
                var holders = chain.Where(b => b.From <= group.Key.To && b.To >= group.Key.From).ToArray();
                if (!Hold(holders, group.Key.From, group.Key.To)) continue;
                var leads = holders.Length == 1 && (group.Key.To == holders[0].To || starts.Contains(group.Key.To + 1));
                if (leads) starts.Add(group.Key.From);
                var isIncomplete = group.DistinctBy(f => f.Index).Count() < group.Key.Count;
                if (leads || isIncomplete) replaced.AddRange(group.Select(f => (f, holders)));
            }
            replaced.Reverse();
            foreach (var file in replaced) yield return file;
        }
    }

    /// <summary>Deletes what may go and has been so for long enough, and what was never put in place.</summary>
    public static void Sweep(ArchiveCatalog archive, KeepingRules rules, DateTimeOffset now, KeepingReport report)
    {
        bool IsOld(ArchiveFile file) => archive.Find(file) is { } found && now - found.WrittenAt >= rules.Grace;
        var deleted = new HashSet<ArchiveFile>();
        foreach (var (file, holders) in Replaced(archive))
        {
            if (!IsOld(file) || !holders.SelectMany(b => b.Files).All(IsOld)) continue;
            if (archive.Store.PathOf(file.RelativePath) is { } path) File.Delete(path + ArchiveFile.ColumnsExtension);
            archive.Store.Delete(file.RelativePath);
            report.Deleted++;
            deleted.Add(file);
        }
        foreach (var day in deleted.Select(f => (f.Type, f.Day)).Distinct()) DeleteIfBare(archive, day.Type, day.Day, deleted);
        if (archive.Store.PathOf("") is not { } root) return;
        foreach (var path in Directory.EnumerateFiles(root, "*" + AtomicFile.TemporarySuffix, SearchOption.AllDirectories).ToArray())
            if (now - File.GetLastWriteTimeUtc(path) >= rules.Grace) File.Delete(path);
    }

    /// <summary>Deletes the folder of a day of which nothing is left.</summary>
    private static void DeleteIfBare(ArchiveCatalog archive, string type, DateOnly day, HashSet<ArchiveFile> deleted)
    {
        var name = DayManifest.FolderOf(type, day);
        if (archive.Store.PathOf(name) is { } folder)
        {
            if (Directory.EnumerateFiles(folder).Any(f => Path.GetFileName(f) != DayManifest.FileName)) return;
            File.Delete(Path.Combine(folder, DayManifest.FileName));
            Directory.Delete(folder);
            return;
        }
        var left = archive.Files(type).Concat(archive.Leftover).Any(f => f.Type == type && f.Day == day && !deleted.Contains(f));
        if (!left) archive.Store.Delete($"{name}/{DayManifest.FileName}");
    }

    private static bool Hold(ArchiveBatch[] holders, long from, long to)
    {
        if (holders.Length == 0 || holders[0].From > from || holders[^1].To < to) return false;
        return holders.Zip(holders.Skip(1)).All(pair => pair.First.To + 1 == pair.Second.From);
    }
}
