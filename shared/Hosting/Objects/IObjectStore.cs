namespace Recommender.Hosting.Objects;

/// <summary>
/// A store of named objects: a folder (<see cref="FolderStore"/>) or a bucket of an S3-compatible store (<see cref="S3Store"/>). An object is there whole
/// or not at all, and is replaced in one go. Names have '/' between their parts. Safe for use by many threads.
/// </summary>
/// <remarks>All methods block, as file operations do, and throw <see cref="IOException"/> (of a bucket: <see cref="ObjectStoreException"/>) when the store fails.</remarks>
public interface IObjectStore
{
    /// <summary>What people call it: the folder, or <c>s3://bucket/prefix</c>.</summary>
    string Address { get; }

    /// <summary>For how long a lock outlives a process that was killed with it.</summary>
    TimeSpan LockExpiry { get; }

    /// <summary>The file that an object is; null where objects are no files of this machine.</summary>
    /// <param name="name">Name of the object; empty: the folder.</param>
    string? PathOf(string name);

    /// <summary>The objects whose names begin with a prefix.</summary>
    IReadOnlyList<StoredObject> List(string prefix = "", CancellationToken cancellationToken = default);

    /// <summary>The content of a small object as it is now; null when there is no such object.</summary>
    /// <exception cref="InvalidDataException">It is not what was stored.</exception>
    byte[]? Read(string name);

    /// <summary>The content of a small object that was listed; it may come from memory when it was read before. Null when it has gone since.</summary>
    /// <exception cref="InvalidDataException">It is not what was stored.</exception>
    byte[]? Read(StoredObject listed);

    /// <summary>An object as a file to read.</summary>
    /// <exception cref="FileNotFoundException">There is no such object.</exception>
    /// <exception cref="InvalidDataException">It is not what was stored.</exception>
    BorrowedFile Borrow(string name, CancellationToken cancellationToken = default);

    /// <summary>Stores a file as an object, unless there is one of that name.</summary>
    /// <returns>Whether it was stored.</returns>
    bool Add(string name, string path, CancellationToken cancellationToken = default);

    /// <summary>Writes an object that is not there before it is committed; then it takes the place of one of the same name.</summary>
    StagedObject Stage(string name, Action<Stream> write);

    /// <summary>Deletes an object; that there is none is no error.</summary>
    void Delete(string name);

    /// <summary>Takes a lock that all processes with this store know; null when somebody else has it.</summary>
    ObjectLock? TryLock(string name);
}

/// <summary>An object as it was listed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="WrittenAt">When it was written, by the store's clock.</param>
/// <param name="Tag">Tells this content from that of another time; empty where the store has no such tags.</param>
public sealed record StoredObject(string Name, long Bytes, DateTimeOffset WrittenAt, string Tag);

/// <summary>What all stores can do by the methods that they have.</summary>
public static class ObjectStoreExtensions
{
    /// <summary>Stores an object in the place of one of the same name.</summary>
    public static void Put(this IObjectStore store, string name, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(store);
        using var staged = store.Stage(name, write);
        staged.Commit();
    }

    /// <summary>Stores an object in the place of one of the same name.</summary>
    public static void Put(this IObjectStore store, string name, byte[] content) => store.Put(name, stream => stream.Write(content));
}
