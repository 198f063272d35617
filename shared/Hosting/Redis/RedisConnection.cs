using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Recommender.Hosting.Redis;

/// <summary>Owns the multiplexer: connects in the background, tells losses and restorations once each.</summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    /// <summary>The library runs its callbacks on the thread pool, which otherwise grows by one or two threads a second only.</summary>
    private const int MinPoolThreads = 64;
    private static readonly Lazy<bool> PoolIsReady = new(GrowPool);

    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<ConnectionMultiplexer> _connecting;
    private volatile IDatabase? _database;
    private int _disposed;

    public RedisConnection(RedisOptions options, TimeProvider time, ILogger logger)
    {
        _ = PoolIsReady.Value;
        _options = options;
        _time = time;
        _logger = logger;
        _connecting = Task.Run(ConnectAsync);
    }

    /// <summary>Whether there is a connection at this moment.</summary>
    public bool IsConnected => _database?.Multiplexer.IsConnected ?? false;

    /// <summary>Whether a server has said that it is part of a cluster.</summary>
    public bool IsSharded => _database?.Multiplexer is { } multiplexer
        && Array.Exists(multiplexer.GetEndPoints(), e => multiplexer.GetServer(e).ServerType == ServerType.Cluster);

    /// <summary>The database; the first callers wait for the connection, at most the command timeout.</summary>
    public ValueTask<IDatabase> DatabaseAsync(CancellationToken cancellationToken) =>
        _database is { } database ? ValueTask.FromResult(database) : FirstAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        await _stop.CancelAsync();
        try
        {
            var multiplexer = await _connecting;
            await multiplexer.CloseAsync(allowCommandsToComplete: false);
            multiplexer.Dispose();
        }
        catch (OperationCanceledException)
        {
            // It never connected.
        }

        _stop.Dispose();
    }

    private static bool GrowPool()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        return ThreadPool.SetMinThreads(Math.Max(workers, MinPoolThreads), Math.Max(completions, MinPoolThreads));
    }

    private async ValueTask<IDatabase> FirstAsync(CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(_options.Timeout, cancellationToken);
        return _database!;
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        while (true)
        {
            try
            {
                var multiplexer = await ConnectionMultiplexer.ConnectAsync(Configuration());
                multiplexer.PreserveAsyncOrder = false;
                // The details name keys, and keys name viewers.
                multiplexer.IncludeDetailInExceptions = false;
                multiplexer.ConnectionFailed += (_, e) => OnLost(e);
                multiplexer.ConnectionRestored += (_, e) => OnRestored(e);
                _database = multiplexer.GetDatabase(_options.Database);
                return multiplexer;
            }
            catch (Exception e) when (e is RedisException or System.Net.Sockets.SocketException or TimeoutException)
            {
                // A name that does not resolve yet, for instance.
                RedisLog.NotConnected(_logger, e.Message);
            }

            await Task.Delay(_options.RetryDelay, _time, _stop.Token);
        }
    }

    private void OnLost(ConnectionFailedEventArgs e)
    {
        // The library keeps a second connection for subscriptions, which nobody here uses.
        if (e.ConnectionType == ConnectionType.Interactive)
            RedisLog.Lost(_logger, e.FailureType.ToString());
    }

    private void OnRestored(ConnectionFailedEventArgs e)
    {
        if (e.ConnectionType == ConnectionType.Interactive)
            RedisLog.Restored(_logger);
    }

    private ConfigurationOptions Configuration()
    {
        var configuration = ConfigurationOptions.Parse(_options.Endpoints);
        configuration.AbortOnConnectFail = false;
        configuration.ConnectTimeout = (int)_options.ConnectTimeout.TotalMilliseconds;
        configuration.SyncTimeout = Math.Max(1000, (int)_options.Timeout.TotalMilliseconds);
        configuration.KeepAlive = 10;
        configuration.ReconnectRetryPolicy = new LinearRetry(500);
        configuration.ClientName = "recommender";
        configuration.Password = _options.Password.Length > 0 ? _options.Password : null;
        configuration.Ssl = _options.Ssl;
        if (_options.SslCaLocation.Length > 0)
            configuration.CertificateValidation += new RedisAuthorities(_options.SslCaLocation).Trusts;

        // One primary or a cluster: nothing to be found out by asking for a tie breaker.
        configuration.TieBreaker = "";
        return configuration;
    }
}
