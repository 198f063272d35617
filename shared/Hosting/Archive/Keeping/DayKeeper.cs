using System.Security.Cryptography;
using System.Text.Json;
using Recommender.Hosting.Objects;

namespace Recommender.Hosting.Archive.Keeping;

/// <summary>Keeps the days in order: removes the rows of forgotten viewers and of days that are too old, and writes the manifests.</summary>
/// <remarks>
/// Every step may be repeated: a file is replaced in one go, then its columns are deleted, then the manifest says so. Whoever is killed in between
/// leaves a manifest that does not say so, and the next one searches the file again.
/// </remarks>
internal sealed class DayKeeper(
    ArchiveCatalog archive, DayManifests manifests, KeepingRules rules, ErasureLog wishes, DateOnly today, KeepingReport report, CancellationToken cancellationToken)
{
    private readonly RowScreen _screen = new(wishes.Table);

    /// <summary>Goes through one day of one type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="day">The day.</param>
    /// <param name="files">Its files that count.</param>
    /// <param name="leftover">Its files that do not.</param>
    public void Keep(string type, DateOnly day, IEnumerable<ArchiveFile> files, IEnumerable<ArchiveFile> leftover)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var before = Read(type, day);
        var known = before is null ? [] : before.Files.Concat(before.Superseded).DistinctBy(f => f.Name).ToDictionary(f => f.Name, StringComparer.Ordinal);
        var counted = files.Select(f => Keep(f, known)).OfType<ManifestFile>().OrderBy(f => f.Name, StringComparer.Ordinal).ToArray();
        var superseded = leftover.Select(f => Keep(f, known)).OfType<ManifestFile>().OrderBy(f => f.Name, StringComparer.Ordinal).ToArray();
        var after = new DayManifest
        {
            Type = type, Day = day, Closed = day < today, Rows = counted.Sum(f => f.Rows), Files = counted, Superseded = superseded,
        };
        if (before is null || !Bytes(before).AsSpan().SequenceEqual(Bytes(after))) manifests.Write(after);
    }

    private DayManifest? Read(string type, DateOnly day)
    {
        try
        {
            return manifests.Read(type, day);
        }
        catch (InvalidDataException e)
        {
            report.Problems.Add(e.Message); // and it is made anew
            return null;
        }
    }

    private ManifestFile? Keep(ArchiveFile file, Dictionary<string, ManifestFile> known)
    {
        var entry = known.GetValueOrDefault(Path.GetFileName(file.RelativePath));
        var hasViewers = file.Type is not ("catalog" or ErasureLog.Type);
        var isExpired = hasViewers && rules.RetentionDays > 0 && file.Day < today.AddDays(-rules.RetentionDays);
        var searched = hasViewers ? wishes.Count : 0;
        try
        {
            var listed = archive.Find(file) ?? throw new FileNotFoundException("it is not there any more");
            var isSame = entry is not null && listed.Bytes == entry.Bytes;
            if (isSame && (!isExpired || entry!.Rows == 0) && (entry!.Wishes == searched || !rules.SearchAgain)) return entry;
            return isExpired ? Empty(file.RelativePath, entry, searched) : Search(file.RelativePath, entry, hasViewers, searched);
        }
        catch (Exception e) when (e is InvalidDataException or UnauthorizedAccessException or (IOException and not ObjectStoreException))
        {
            report.Problems.Add($"the archive file {file.RelativePath} can't be kept in order: {e.Message}");
            return entry;
        }
    }

    private ManifestFile Search(string name, ManifestFile? entry, bool hasViewers, long searched)
    {
        report.Searched++;
        var (kept, erased) = (0L, 0L);
        using var file = archive.Store.Borrow(name, cancellationToken);
        ArchiveRows.Read(file.Path, row => _ = hasViewers && _screen.IsForgotten(row) ? erased++ : kept++, cancellationToken);
        // Of a file that was written again without the manifest's saying so nobody knows any more which rows are of which offsets.
        var parts = entry?.Rows == kept + erased ? entry.Parts : null;
        if (erased == 0) return Describe(name, file.Path, kept, searched, parts);
        var counter = new PartCounter(parts);
        var described = Replace(name, kept, searched, write => ArchiveRows.Read(file.Path, row =>
        {
            if (counter.Next(isKept: !_screen.IsForgotten(row))) write(row);
        }, cancellationToken));
        report.RowsErased += erased;
        return described with { Parts = counter.Finish() };
    }

    private ManifestFile Empty(string name, ManifestFile? entry, long searched)
    {
        var parts = entry?.Parts is { } text ? ManifestParts.Encode([.. ManifestParts.Decode(text).Select(p => (p.To, 0L))]) : null;
        var described = Replace(name, 0, searched, _ => { }) with { Parts = parts };
        report.Expired++;
        return described;
    }

    /// <summary>Puts another file in the place of one, in one go: readers have the one or the other, whole.</summary>
    private ManifestFile Replace(string name, long rows, long searched, Action<ArchiveRowHandler> write)
    {
        using var staged = archive.Store.Stage(name, stream => RowFile.Write(stream, write));
        var described = Describe(name, staged.Path, rows, searched, null);
        staged.Commit();
        DeleteColumns(name);
        return described;
    }

    /// <summary>Made from what the file was, perhaps; training makes them anew.</summary>
    private void DeleteColumns(string name)
    {
        if (archive.Store.PathOf(name) is { } path) File.Delete(path + ArchiveFile.ColumnsExtension);
    }

    private ManifestFile Describe(string name, string path, long rows, long searched, string? parts)
    {
        DeleteColumns(name);
        using var file = File.OpenRead(path);
        return new ManifestFile(Path.GetFileName(name), rows, file.Length, Convert.ToHexStringLower(SHA256.HashData(file)), searched) { Parts = parts };
    }

    private static byte[] Bytes(DayManifest manifest) => JsonSerializer.SerializeToUtf8Bytes(manifest, KeepingJson.Default.DayManifest);
}
