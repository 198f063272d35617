using Recommender.Hosting.Archive;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Objects;

namespace Recommender.Features.Archiving;

/// <summary>
/// Where finished files are written: the archive's folder, or where the archive is in a bucket a folder from which they are sent there and deleted. A
/// file that was sent before, since the process ended between the two, is only deleted. What is lost with the folder is read from Kafka again, since the
/// bucket says where the archive ends.
/// </summary>
internal sealed class ArchiveSpool(
    StorageOptions storage, ObjectStores stores, ObjectStoreOptions options, FeaturesOptions features, FeatureMetrics metrics, TimeProvider time, ILogger<ArchiveSpool> logger)
    : BackgroundService
{
    private const int AtOnce = 4;
    private static readonly TimeSpan s_stopping = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);
    private readonly SemaphoreSlim _wake = new(1);
    private long _bytes;
    private long _measuredAt;
    private string? _trouble;

    /// <summary>The folder to write to.</summary>
    public string Root { get; } = stores.ArchiveBucket is null ? storage.ArchivePath : Path.Combine(storage.ArchivePath, ".spool");

    /// <summary>Whether nothing more may be written until some of it is sent.</summary>
    public bool IsFull => Interlocked.Read(ref _bytes) >= (long)options.SpoolMegabytes << 20;

    /// <summary>What is archived already: in the archive, or on its way.</summary>
    /// <exception cref="IOException">The archive can't be listed.</exception>
    public ArchiveCatalog Load() => stores.ArchiveBucket is { } bucket ? ArchiveCatalog.Load(bucket, also: Root) : ArchiveCatalog.Load(Root);

    /// <summary>Tells that files were written.</summary>
    public void Wake()
    {
        if (stores.ArchiveBucket is null) return;
        if (time.GetElapsedTime(Interlocked.Read(ref _measuredAt)) > s_second) Measure();
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    /// <summary>Waits until everything is sent; false when that took too long.</summary>
    public async Task<bool> DrainAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (stores.ArchiveBucket is null) return true;
        for (var begin = time.GetTimestamp(); Waiting().Length > 0; await Task.Delay(s_pause, time, cancellationToken))
            if (time.GetElapsedTime(begin) >= timeout) return false;
        return true;
    }

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (stores.ArchiveBucket is null) return Task.CompletedTask;
        if (ArchiveCatalog.Load(storage.ArchivePath).Files().Count > 0 && !File.Exists(Path.Combine(storage.ArchivePath, ArchiveCopy.MarkName)))
        {
            throw new OptionsException(
                $"Storage:ArchivePath is {storage.ArchivePath}, which has an archive of its own; copy it to {stores.Archive.Address} first and delete it, or name another folder.");
        }
        Measure();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await DrainAsync(s_stopping, cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _wake.WaitAsync(stoppingToken);
            while (!await Task.Run(() => TrySend(stoppingToken), stoppingToken)) await Task.Delay(features.RetryDelay, time, stoppingToken);
        }
    }

    private bool TrySend(CancellationToken cancellationToken)
    {
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
            Parallel.ForEach(Waiting(), parallel, file => Send(file, cancellationToken));
            _trouble = null;
            return true;
        }
        catch (Exception e) when (ReasonOf(e) is { } reason)
        {
            if (_trouble != reason) SpoolLog.Waiting(logger, reason);
            _trouble = reason;
            return false;
        }
        finally
        {
            Measure();
        }
    }

    /// <summary>Why files could not be listed or sent now; null where trying again would not help.</summary>
    private static string? ReasonOf(Exception error)
    {
        Exception[] all = error is AggregateException several ? [.. several.InnerExceptions] : [error];
        return Array.TrueForAll(all, e => e is IOException or UnauthorizedAccessException) ? all[0].Message : null;
    }

    private void Send(ArchiveFile file, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Root, file.RelativePath);
        if (!stores.Archive.Add(file.RelativePath, path, cancellationToken)) SpoolLog.SentBefore(logger, file.RelativePath);
        File.Delete(path);
    }

    private ArchiveFile[] Waiting() => [.. ArchiveCatalog.FilesIn(Root).OrderBy(f => f.From)];

    private void Measure()
    {
        var bytes = Waiting().Select(f => new FileInfo(Path.Combine(Root, f.RelativePath))).Sum(f => f.Exists ? f.Length : 0);
        Interlocked.Exchange(ref _bytes, bytes);
        Interlocked.Exchange(ref _measuredAt, time.GetTimestamp());
        metrics.Spooled(bytes);
    }
}

internal static partial class SpoolLog
{
    [LoggerMessage(EventId = 4321, EventName = "ArchiveWaitsForStore", Level = LogLevel.Warning, Message = "Files of the archive wait to be sent: {Reason}")]
    public static partial void Waiting(ILogger logger, string reason);

    [LoggerMessage(EventId = 4322, EventName = "ArchiveFileSentBefore", Level = LogLevel.Debug, Message = "{File} is in the bucket already")]
    public static partial void SentBefore(ILogger logger, string file);
}
