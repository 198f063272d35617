using Recommender.Hosting.Artifacts;

namespace Recommender.Hosting.Objects;

/// <summary>A folder as a store: objects are its files, and a lock is the operating system's (flock), which ends with the process.</summary>
/// <param name="root">The folder; it need not be there.</param>
public sealed class FolderStore(string root) : IObjectStore
{
    private readonly string _root = Path.GetFullPath(root);

    /// <inheritdoc/>
    public string Address => _root;

    /// <inheritdoc/>
    public TimeSpan LockExpiry => TimeSpan.Zero;

    /// <inheritdoc/>
    public string PathOf(string name) => name.Length == 0 ? _root : Path.Combine(_root, name);

    /// <inheritdoc/>
    public IReadOnlyList<StoredObject> List(string prefix = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        // Only the folder that the prefix leads to is looked through.
        var folder = PathOf(prefix.LastIndexOf('/') is >= 0 and var end ? prefix[..end] : "");
        if (!Directory.Exists(folder)) return [];
        return
        [
            .. new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
                .Where(file => !file.Name.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal))
                .Select(file => new StoredObject(Path.GetRelativePath(_root, file.FullName).Replace(Path.DirectorySeparatorChar, '/'), file.Length, file.LastWriteTimeUtc, ""))
                .Where(o => o.Name.StartsWith(prefix, StringComparison.Ordinal)),
        ];
    }

    /// <inheritdoc/>
    public byte[]? Read(string name) => File.Exists(PathOf(name)) ? File.ReadAllBytes(PathOf(name)) : null;

    /// <inheritdoc/>
    public byte[]? Read(StoredObject listed) => Read(listed.Name);

    /// <inheritdoc/>
    public BorrowedFile Borrow(string name, CancellationToken cancellationToken = default) =>
        File.Exists(PathOf(name)) ? new BorrowedFile(PathOf(name), isCopy: false) : throw new FileNotFoundException($"{PathOf(name)} is not there", PathOf(name));

    /// <inheritdoc/>
    public bool Add(string name, string path, CancellationToken cancellationToken = default)
    {
        if (File.Exists(PathOf(name))) return false;
        using var from = File.OpenRead(path);
        AtomicFile.Write(PathOf(name), from.CopyTo);
        return true;
    }

    /// <inheritdoc/>
    public StagedObject Stage(string name, Action<Stream> write)
    {
        var temporary = AtomicFile.WriteBeside(PathOf(name), write);
        return new StagedObject(temporary, () => File.Move(temporary, PathOf(name), overwrite: true));
    }

    /// <inheritdoc/>
    public void Delete(string name)
    {
        if (File.Exists(PathOf(name))) File.Delete(PathOf(name));
    }

    /// <inheritdoc/>
    public ObjectLock? TryLock(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        try
        {
            return new ObjectLock(new FileStream(PathOf(name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None).Dispose);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException))
        {
            return null;
        }
    }
}
