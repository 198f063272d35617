using System.Globalization;
using System.Net.Sockets;

namespace Recommender.Standalone.Embedded;

/// <summary>
/// A real redis-server as a child process, on 127.0.0.1 with its append-only file on. It does not outlive this process, however that
/// ends, and Ctrl-C in the terminal does not reach it: it is stopped by <see cref="DisposeAsync"/>, after everybody has drained.
/// </summary>
public sealed class EmbeddedRedis : IAsyncDisposable
{
    private const string SyncKey = "{j}";
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly EmbeddedRedisSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FileStream _lock;
    private readonly string _directory;
    private readonly CancellationTokenSource _stop = new();
    // The port is kept between two runs of the server as well.
    private readonly ReservedPort? _reserved;
    private Task _watch = Task.CompletedTask;
    private volatile RedisProcess? _process;
    private int _disposed;

    private EmbeddedRedis(EmbeddedRedisSettings settings, string directory, FileStream directoryLock, TimeProvider time, ILogger logger)
    {
        _settings = settings;
        _directory = directory;
        _lock = directoryLock;
        _time = time;
        _logger = logger;
        _reserved = settings.Port == 0 ? new ReservedPort() : null;
        Port = _reserved?.Number ?? settings.Port;
    }

    /// <summary>The port of 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary><c>127.0.0.1:port</c>.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>The server's process id, or <see langword="null"/> while there is none.</summary>
    public int? ProcessId => _process is { Exited.IsCompleted: false } process ? process.Id : null;

    /// <summary>Starts the server and waits until it has loaded its data.</summary>
    /// <param name="settings">Where and how.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="cancellationToken">Gives up; the server is stopped then.</param>
    /// <exception cref="EmbeddedStartException">
    /// redis-server is not installed, the port is taken, the directory is in use, or the server ended at once.
    /// </exception>
    public static async Task<EmbeddedRedis> StartAsync(
        EmbeddedRedisSettings settings, TimeProvider time, ILogger logger, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var directory = Path.GetFullPath(settings.Directory);
        Directory.CreateDirectory(directory);
        var redis = new EmbeddedRedis(settings, directory, RedisLeftover.LockDirectory(directory), time, logger);
        try
        {
            await RedisLeftover.StopAsync(directory, time, logger, cancellationToken);
            await redis.LaunchAsync(cancellationToken);
            if (settings.IsRestarted)
                redis._watch = redis.WatchAsync();

            return redis;
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the server without warning, as a crash would. For tests.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Signal(RedisProcess.Kill);
            await process.Exited;
        }
    }

    /// <summary>Starts the server again after <see cref="KillAsync"/>, on the same port with the same data. For tests.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) => LaunchAsync(cancellationToken);

    /// <summary>
    /// Makes the server put its append-only file on disk with all that it was told before this call. Normally it does so every second. A server that
    /// syncs always does it before it answers a write.
    /// </summary>
    /// <returns>Whether it said that it did.</returns>
    public async Task<bool> SyncAsync(CancellationToken cancellationToken)
    {
        if (await RedisProbe.AskAsync(Port, "CONFIG SET appendfsync always", cancellationToken) is not "+OK")
            return false;

        var isSynced = await RedisProbe.AskAsync(Port, $"SET {SyncKey} 1", cancellationToken) is "+OK";
        return await RedisProbe.AskAsync(Port, "CONFIG SET appendfsync everysec", cancellationToken) is "+OK" && isSynced;
    }

    /// <summary>Asks the server to write everything and end; insists after ten seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        await _stop.CancelAsync();
        await _watch;
        if (_process is { } process)
            await StopAsync(process);

        await _lock.DisposeAsync();
        _reserved?.Dispose();
        _stop.Dispose();
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        PortCheck.RequireFree(Port, "Redis", _settings.PortOption);
        var process = await RedisProcess.StartAsync(_directory, Port, _logger);
        _process = process;
        try
        {
            await WaitUntilLoadedAsync(process, cancellationToken);
        }
        catch
        {
            process.Signal(RedisProcess.Kill);
            await process.Exited;
            throw;
        }
    }

    private async Task WaitUntilLoadedAsync(RedisProcess process, CancellationToken cancellationToken)
    {
        await UntilAsync(async () => await RedisProbe.AskAsync(Port, "PING", cancellationToken) is "+PONG");

        // Somebody else may have taken the port in the meantime. That no answer comes within seconds proves nothing on a busy machine.
        bool? isOurs = null;
        await UntilAsync(async () => (isOurs = await RedisProbe.IsProcessAsync(Port, process.Id, cancellationToken)) is not null);
        if (isOurs is false)
            throw PortCheck.Taken(Port, "Redis", _settings.PortOption, new SocketException((int)SocketError.AddressAlreadyInUse));

        async Task UntilAsync(Func<Task<bool>> condition)
        {
            while (!await condition())
            {
                if (process.Exited.IsCompleted)
                    throw new EmbeddedStartException($"redis-server ended at once: {process.LastWords(_directory)}");

                await Task.Delay(Poll, _time, cancellationToken);
            }
        }
    }

    /// <summary>Starts the server again whenever it ends by itself.</summary>
    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                var code = await _process!.Exited.WaitAsync(_stop.Token);
                EmbeddedLog.RedisEnded(_logger, code);
                await Task.Delay(TimeSpan.FromSeconds(1), _time, _stop.Token);
                try
                {
                    await LaunchAsync(_stop.Token);
                    EmbeddedLog.RedisStartedAgain(_logger);
                }
                catch (EmbeddedStartException e)
                {
                    EmbeddedLog.RedisNotStartedAgain(_logger, e.Message);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped on purpose.
        }
    }

    private async Task StopAsync(RedisProcess process)
    {
        if (process.Exited.IsCompleted)
            return;

        await RedisProbe.AskAsync(Port, "SHUTDOWN", CancellationToken.None);
        if (await process.ExitsWithinAsync(StopTimeout, _time))
            return;

        process.Signal(RedisProcess.Terminate);
        if (await process.ExitsWithinAsync(StopTimeout, _time))
            return;

        process.Signal(RedisProcess.Kill);
        await process.Exited;
    }
}
