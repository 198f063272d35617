namespace Recommender.Hosting.Archive.Keeping;

/// <summary>
/// One process at a time keeps the archive in order; others only add files. The lock is the operating system's (flock), on a network volume that of
/// its server, and ends with the process, however that ends.
/// </summary>
public sealed class ArchiveLock : IDisposable
{
    private const string FileName = ".keeping.lock";
    private readonly FileStream _file;

    private ArchiveLock(FileStream file) => _file = file;

    /// <summary>Takes the lock; null when somebody else has it.</summary>
    /// <param name="root">The archive's folder.</param>
    public static ArchiveLock? TryTake(string root)
    {
        Directory.CreateDirectory(root);
        try
        {
            return new ArchiveLock(new FileStream(Path.Combine(root, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
