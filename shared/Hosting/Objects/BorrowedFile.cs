namespace Recommender.Hosting.Objects;

/// <summary>An object as a file: its own where objects are files, otherwise a copy that goes with this.</summary>
/// <param name="path">Where it is.</param>
/// <param name="isCopy">Whether it is a copy.</param>
public sealed class BorrowedFile(string path, bool isCopy) : IDisposable
{
    /// <summary>Where it is.</summary>
    public string Path { get; } = path;

    /// <summary>Puts the content into a file, in the place of another one and in one go.</summary>
    public void CopyTo(string target)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        if (isCopy)
        {
            File.Move(Path, target, overwrite: true);
            return;
        }
        var temporary = target + Artifacts.AtomicFile.TemporarySuffix;
        File.Copy(Path, temporary, overwrite: true);
        File.Move(temporary, target, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isCopy) File.Delete(Path);
    }
}
