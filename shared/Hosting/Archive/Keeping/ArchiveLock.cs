using Recommender.Hosting.Objects;

namespace Recommender.Hosting.Archive.Keeping;

/// <summary>
/// One process at a time keeps the archive in order; others only add files. In a folder the lock is the operating system's (flock), on a network volume
/// that of its server, and ends with the process, however that ends; in a bucket it is an object that its holder renews.
/// </summary>
public static class ArchiveLock
{
    private const string Name = ".keeping.lock";

    /// <summary>Takes the lock; null when somebody else has it.</summary>
    /// <param name="root">The archive's folder.</param>
    public static ObjectLock? TryTake(string root) => TryTake(new FolderStore(root));

    /// <summary>Takes the lock; null when somebody else has it.</summary>
    /// <param name="archive">Where the archive is.</param>
    /// <exception cref="IOException">The store does not answer.</exception>
    public static ObjectLock? TryTake(IObjectStore archive)
    {
        ArgumentNullException.ThrowIfNull(archive);
        return archive.TryLock(Name);
    }
}
