using Recommender.Hosting.Objects;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Objects;

/// <summary>What the tests with a bucket have in common: a server, and a folder.</summary>
public abstract class BucketTest : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private readonly List<S3Store> _stores = [];

    protected S3Server Server { get; } = new();

    /// <summary>A folder of the test.</summary>
    protected string Folder => _directory.Path;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync() => await Server.StartAsync();

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var store in _stores) store.Dispose();
        await Server.DisposeAsync();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A store as a process has it.</summary>
    protected S3Store Store(string prefix = "archive/", Func<ObjectStoreOptions, ObjectStoreOptions>? change = null, long partBytes = 64L << 20)
    {
        var options = Server.Options;
        var store = new S3Store(change?.Invoke(options) ?? options, prefix, Path.Combine(Folder, "work"), TimeProvider.System, partBytes);
        _stores.Add(store);
        return store;
    }

    protected string WriteFile(string name, byte[] content)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }
}
