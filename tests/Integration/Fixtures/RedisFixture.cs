using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Redis;
using Recommender.Standalone.Embedded;

namespace Recommender.Tests.Fixtures;

/// <summary>
/// A redis-server of its own for a test class: ephemeral port, directory of its own, ended at the end. Where redis-server is not
/// installed, tests that touch it are skipped with a sentence.
/// </summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private readonly TempDirectory _directory = TempDirectory.InMemory();
    private EmbeddedRedis? _server;
    private RedisClient? _client;
    private string _missing = "";

    /// <summary>The server; it stays down after <see cref="EmbeddedRedis.KillAsync"/> until it is told to start again.</summary>
    public EmbeddedRedis Server
    {
        get
        {
            Assert.SkipWhen(_server is null, _missing);
            return _server!;
        }
    }

    /// <summary>Where the server keeps its files.</summary>
    public string DirectoryPath => _directory.Path;

    /// <summary>A client of it.</summary>
    public IRedis Client => Server is not null ? _client! : null!;

    /// <summary>Options that lead to it, with a timeout that a busy machine with a slow disk can keep.</summary>
    public RedisOptions Options => new() { Endpoints = Server.Endpoint, Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>A client of its own, for tests that need other options. Dispose it.</summary>
    public RedisClient NewClient(RedisOptions? options = null) => new(options ?? Options, TimeProvider.System, NullLogger<RedisClient>.Instance);

    /// <summary>Deletes everything.</summary>
    public async Task FlushAsync()
    {
        await foreach (var key in Client.ScanKeysAsync("*"))
            await Client.DeleteAsync(key);
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        try
        {
            var settings = new EmbeddedRedisSettings { Directory = _directory.Path, Port = 0, IsRestarted = false };
            _server = await EmbeddedRedis.StartAsync(settings, TimeProvider.System, NullLogger.Instance);
            _client = NewClient();
        }
        catch (EmbeddedStartException e) when (e.Message.Contains("not installed", StringComparison.Ordinal))
        {
            _missing = e.Message;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
            await _client.DisposeAsync();

        if (_server is not null)
            await _server.DisposeAsync();

        _directory.Dispose();
    }
}
