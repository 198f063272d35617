namespace Recommender.Tests.Fixtures;

/// <summary>An empty directory that is deleted with all it holds at the end.</summary>
public sealed class TempDirectory : IDisposable
{
    private const string Memory = "/dev/shm";
    private const long Room = 1L << 30;

    private TempDirectory(string path) => Path = path;

    public TempDirectory() : this(Directory.CreateTempSubdirectory("recommender-test-").FullName)
    {
    }

    /// <summary>Its path.</summary>
    public string Path { get; }

    /// <summary>One in memory where the system has room for it there: what is done in it does not wait for a disk that others keep busy.</summary>
    public static TempDirectory InMemory()
    {
        var hasRoom = Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > Room;
        return hasRoom ? new TempDirectory(Directory.CreateDirectory(System.IO.Path.Combine(Memory, $"recommender-test-{Guid.NewGuid():N}")).FullName) : new TempDirectory();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A process that is just ending still writes there; the system cleans its temporary directory.
        }
    }
}
