namespace Recommender.Tests.Fixtures;

/// <summary>An empty directory that is deleted with all it holds at the end.</summary>
public sealed class TempDirectory : IDisposable
{
    /// <summary>Its path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("recommender-test-").FullName;

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
