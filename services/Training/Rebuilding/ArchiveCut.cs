using Recommender.Hosting.Archive;
using Recommender.Hosting.Archive.Keeping;

namespace Recommender.Training.Rebuilding;

/// <summary>
/// The archive as it was when a model was made: where files were merged since with later ones, pieces of them up to the model's offsets, in a temporary
/// folder that links to the files that are as they were. Merging notes which rows are of which offsets (<see cref="ManifestParts"/>).
/// </summary>
internal sealed class ArchiveCut : IDisposable
{
    private readonly string? _temporary;

    private ArchiveCut(string root, string? temporary) => (Root, _temporary) = (root, temporary);

    /// <summary>Folder of the archive to read.</summary>
    public string Root { get; }

    /// <summary>Prepares it; where nothing was merged across the model's offsets it is the archive itself.</summary>
    /// <param name="root">The archive's folder.</param>
    /// <param name="ranges">The model's offsets.</param>
    /// <exception cref="RebuildException">A merged file does not say which rows are of which offsets.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static ArchiveCut Of(string root, ManifestRanges ranges)
    {
        var archive = ArchiveCatalog.Load(root);
        var batches = archive.Chains.SelectMany(c => c).ToArray();
        if (!batches.Any(b => ranges.CutOf(b.Files[0]) is not null)) return new ArchiveCut(root, null);
        var temporary = Directory.CreateTempSubdirectory("archive-cut-").FullName;
        var cut = new ArchiveCut(temporary, temporary);
        try
        {
            foreach (var batch in batches)
            {
                if (ranges.CutOf(batch.Files[0]) is { } to) cut.AddPieces(archive.Root, batch, to);
                else if (ranges.Has(batch.Files[0])) cut.AddLinks(archive.Root, batch);
            }
            return cut;
        }
        catch
        {
            cut.Dispose();
            throw;
        }
    }

    /// <summary>Deletes what was made.</summary>
    public void Dispose()
    {
        if (_temporary is not null) Directory.Delete(_temporary, recursive: true);
    }

    private void AddLinks(string archive, ArchiveBatch batch)
    {
        foreach (var file in batch.Files) File.CreateSymbolicLink(PathOf(file), Path.Combine(archive, file.RelativePath));
    }

    private void AddPieces(string archive, ArchiveBatch batch, long to)
    {
        var parts = batch.Files.Select(f => PartsOf(archive, f)).ToArray();
        if (parts.Any(p => p is null))
            throw new RebuildException($"The offsets {batch.From} to {batch.To} of {batch.Log}/{batch.Type}/{batch.Partition} were merged, and it is not known any more which rows are of those up to {to}.");
        foreach (var (file, rows) in batch.Files.Zip(parts.Select(p => p!.Where(part => part.To <= to).Sum(part => part.Rows))))
        {
            var left = rows;
            RowFile.Replace(PathOf(file with { To = to }), write => ArchiveRows.Read(Path.Combine(archive, file.RelativePath), row =>
            {
                if (left-- > 0) write(row);
            }));
        }
    }

    private string PathOf(ArchiveFile file)
    {
        var path = Path.Combine(Root, file.RelativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    private static IReadOnlyList<(long To, long Rows)>? PartsOf(string archive, ArchiveFile file)
    {
        var manifest = DayManifest.Read(Path.Combine(archive, DayManifest.FolderOf(file.Type, file.Day)));
        var entry = manifest?.Files.Concat(manifest.Superseded).FirstOrDefault(f => f.Name == Path.GetFileName(file.RelativePath));
        return entry?.Parts is { } parts ? ManifestParts.Decode(parts) : null;
    }
}
