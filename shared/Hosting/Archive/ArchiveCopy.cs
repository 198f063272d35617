using Recommender.Hosting.Archive.Keeping;
using Recommender.Hosting.Objects;

namespace Recommender.Hosting.Archive;

/// <summary>
/// A folder with the files of an archive that is in a bucket, for those who read all of it again and again. A file is the same when size and time of
/// writing are: its time here is that of its object.
/// </summary>
/// <param name="archive">Where the archive is.</param>
/// <param name="root">The folder, of the copy alone.</param>
public sealed class ArchiveCopy(IObjectStore archive, string root)
{
    /// <summary>Name of the file that says what a folder is a copy of.</summary>
    public const string MarkName = ".copy-of";

    private const int AtOnce = 8;

    /// <summary>Brings the folder up to date: first what is new, and when that is there deletes what is gone. Readers may be at it.</summary>
    /// <returns>How many files were fetched and deleted.</returns>
    /// <exception cref="InvalidDataException">The folder is no copy of this archive, or an object is damaged.</exception>
    /// <exception cref="IOException">The store does not answer, or the folder can't be written; what was done stays done.</exception>
    public (int Fetched, int Deleted) Refresh(CancellationToken cancellationToken)
    {
        Mark();
        var wanted = archive.List("", cancellationToken).Where(o => IsArchive(o.Name)).ToDictionary(o => o.Name, StringComparer.Ordinal);
        var due = wanted.Values.Where(o => !IsHere(o)).ToArray();
        // One that was deleted since it was listed was merged into others: the next look finds those.
        try
        {
            Parallel.ForEach(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, o => Fetch(o, cancellationToken));
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        var gone = Here().Where(name => !wanted.ContainsKey(name)).ToArray();
        foreach (var name in gone) Delete(PathOf(name));
        return (due.Length, gone.Length);
    }

    /// <summary>A folder with an archive of its own would lose it.</summary>
    private void Mark()
    {
        var mark = Path.Combine(root, MarkName);
        if (File.Exists(mark))
        {
            if (File.ReadAllText(mark) != archive.Address) throw new InvalidDataException($"{root} is a copy of {File.ReadAllText(mark)}, not of {archive.Address}");
            return;
        }
        if (Here().Any()) throw new InvalidDataException($"{root} has an archive of its own; name an empty folder for the copy of {archive.Address}");
        Directory.CreateDirectory(root);
        File.WriteAllText(mark, archive.Address);
    }

    private void Fetch(StoredObject listed, CancellationToken cancellationToken)
    {
        try
        {
            using var copy = archive.Borrow(listed.Name, cancellationToken);
            File.SetLastWriteTimeUtc(copy.Path, listed.WrittenAt.UtcDateTime);
            copy.CopyTo(PathOf(listed.Name));
            File.Delete(PathOf(listed.Name) + ArchiveFile.ColumnsExtension);
        }
        catch (FileNotFoundException)
        {
            // As if it had not been listed.
        }
    }

    private bool IsHere(StoredObject listed)
    {
        var file = new FileInfo(PathOf(listed.Name));
        return file.Exists && file.Length == listed.Bytes && file.LastWriteTimeUtc == listed.WrittenAt.UtcDateTime;
    }

    private IEnumerable<string> Here() => !Directory.Exists(root) ? [] : Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/')).Where(IsArchive);

    private static bool IsArchive(string name) => ArchiveFile.Parse(name) is not null || DayManifests.IsManifest(name);

    private static void Delete(string path)
    {
        File.Delete(path + ArchiveFile.ColumnsExtension);
        File.Delete(path);
    }

    private string PathOf(string name) => Path.Combine(root, name.Replace('/', Path.DirectorySeparatorChar));
}
