using System.Security.Cryptography;
using System.Text.Json;

namespace Recommender.Hosting.Archive.Keeping;

/// <summary>Keeps the days in order: removes the rows of forgotten viewers and of days that are too old, and writes the manifests.</summary>
/// <remarks>
/// Every step may be repeated: a file is replaced in one go, then its columns are deleted, then the manifest says so. Whoever is killed in between
/// leaves a manifest that does not say so, and the next one searches the file again.
/// </remarks>
internal sealed class DayKeeper(string root, KeepingRules rules, ErasureLog wishes, DateOnly today, KeepingReport report, CancellationToken cancellationToken)
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
        var folder = Path.Combine(root, DayManifest.FolderOf(type, day));
        var before = Read(folder);
        var known = before is null ? [] : before.Files.Concat(before.Superseded).DistinctBy(f => f.Name).ToDictionary(f => f.Name, StringComparer.Ordinal);
        var counted = files.Select(f => Keep(f, known)).OfType<ManifestFile>().OrderBy(f => f.Name, StringComparer.Ordinal).ToArray();
        var superseded = leftover.Select(f => Keep(f, known)).OfType<ManifestFile>().OrderBy(f => f.Name, StringComparer.Ordinal).ToArray();
        var after = new DayManifest
        {
            Type = type, Day = day, Closed = day < today, Rows = counted.Sum(f => f.Rows), Files = counted, Superseded = superseded,
        };
        if (before is null || !Bytes(before).AsSpan().SequenceEqual(Bytes(after))) after.Write(folder);
    }

    private DayManifest? Read(string folder)
    {
        try
        {
            return DayManifest.Read(folder);
        }
        catch (InvalidDataException e)
        {
            report.Problems.Add(e.Message); // and it is made anew
            return null;
        }
    }

    private ManifestFile? Keep(ArchiveFile file, Dictionary<string, ManifestFile> known)
    {
        var path = Path.Combine(root, file.RelativePath);
        var entry = known.GetValueOrDefault(Path.GetFileName(path));
        var hasViewers = file.Type is not ("catalog" or ErasureLog.Type);
        var isExpired = hasViewers && rules.RetentionDays > 0 && file.Day < today.AddDays(-rules.RetentionDays);
        var searched = hasViewers ? wishes.Count : 0;
        try
        {
            var isSame = entry is not null && new FileInfo(path).Length == entry.Bytes;
            if (isSame && (!isExpired || entry!.Rows == 0) && (entry!.Wishes == searched || !rules.SearchAgain)) return entry;
            return isExpired ? Empty(path, entry, searched) : Search(path, entry, hasViewers, searched);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            report.Problems.Add($"the archive file {file.RelativePath} can't be kept in order: {e.Message}");
            return entry;
        }
    }

    private ManifestFile Search(string path, ManifestFile? entry, bool hasViewers, long searched)
    {
        report.Searched++;
        var (kept, erased) = (0L, 0L);
        ArchiveRows.Read(path, row => _ = hasViewers && _screen.IsForgotten(row) ? erased++ : kept++, cancellationToken);
        // Of a file that was written again without the manifest's saying so nobody knows any more which rows are of which offsets.
        var parts = entry?.Rows == kept + erased ? entry.Parts : null;
        if (erased > 0)
        {
            var counter = new PartCounter(parts);
            RowFile.Replace(path, write => ArchiveRows.Read(path, row =>
            {
                if (counter.Next(isKept: !_screen.IsForgotten(row))) write(row);
            }, cancellationToken));
            parts = counter.Finish();
            report.RowsErased += erased;
        }
        return Describe(path, kept, searched, parts);
    }

    private ManifestFile Empty(string path, ManifestFile? entry, long searched)
    {
        RowFile.Replace(path, _ => { });
        report.Expired++;
        var parts = entry?.Parts is { } text ? ManifestParts.Encode([.. ManifestParts.Decode(text).Select(p => (p.To, 0L))]) : null;
        return Describe(path, 0, searched, parts);
    }

    private static ManifestFile Describe(string path, long rows, long searched, string? parts)
    {
        // Made from what the file was, perhaps; training makes them anew.
        File.Delete(path + ArchiveFile.ColumnsExtension);
        using var file = File.OpenRead(path);
        return new ManifestFile(Path.GetFileName(path), rows, file.Length, Convert.ToHexStringLower(SHA256.HashData(file)), searched) { Parts = parts };
    }

    private static byte[] Bytes(DayManifest manifest) => JsonSerializer.SerializeToUtf8Bytes(manifest, KeepingJson.Default.DayManifest);
}
