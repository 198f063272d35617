using Confluent.Kafka;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Archive.Keeping;
using Recommender.Hosting.Objects;
using Recommender.Hosting.Redis;

namespace Recommender.Features.Archiving;

/// <summary>Keeps the archive in order in the background; of several replicas the one that has the lock.</summary>
internal sealed class ArchiveMaintenance(
    ObjectStores stores, ArchiveOptions options, ErasureRounds rounds, FeatureMetrics metrics, TimeProvider time, ILogger<ArchiveMaintenance> logger)
    : BackgroundService
{
    /// <summary>Searching a large archive for every wish at once would keep a processor busy; this leaves it free for most of the time.</summary>
    private const int IdleShare = 20;

    private long _searchAgainAt = time.GetTimestamp();
    private string? _trouble;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.MaintenanceInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Task.Run(() => KeepAsync(stoppingToken), stoppingToken);
                _trouble = null;
            }
            catch (Exception e) when (IsTransient(e) && !stoppingToken.IsCancellationRequested)
            {
                if (_trouble != e.Message) KeepingLog.Postponed(logger, e.Message);
                _trouble = e.Message;
            }
        }
    }

    private static bool IsTransient(Exception e) =>
        e is IOException or UnauthorizedAccessException or InvalidDataException or KafkaException or RedisUnavailableException or OperationCanceledException;

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        using var held = ArchiveLock.TryTake(stores.Archive);
        if (held is null) return;
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        await KeepLockedAsync(both.Token);
    }

    private async Task KeepLockedAsync(CancellationToken cancellationToken)
    {
        var archive = ArchiveCatalog.Load(stores.Archive, cancellationToken: cancellationToken);
        var wishes = ErasureLog.Read(archive);
        var mayEnd = await TryBeginAsync(archive, wishes, cancellationToken);
        var searchAgain = time.GetTimestamp() >= _searchAgainAt;
        var begin = time.GetTimestamp();
        var report = ArchiveKeeper.Run(stores.Archive, options.Rules with { SearchAgain = searchAgain }, time.GetUtcNow(), cancellationToken);
        if (searchAgain) _searchAgainAt = time.GetTimestamp() + (IdleShare * (time.GetTimestamp() - begin));
        metrics.Kept(report.RowsErased, report.Merged);
        if (report.RowsErased + report.Merged + report.Expired + report.Deleted > 0)
            KeepingLog.Kept(logger, report.RowsErased, report.Merged, report.Made, report.Expired, report.Deleted);
        foreach (var problem in report.Problems) KeepingLog.Problem(logger, problem);
        if (mayEnd && searchAgain && report.Problems.Count == 0) await rounds.EndAsync(wishes, cancellationToken);
    }

    /// <summary>While Kafka or Redis are away wishes wait, and the rest goes on.</summary>
    private async Task<bool> TryBeginAsync(ArchiveCatalog archive, ErasureLog wishes, CancellationToken cancellationToken)
    {
        try
        {
            return await rounds.BeginAsync(archive, wishes, cancellationToken);
        }
        catch (Exception e) when (e is KafkaException or RedisUnavailableException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            if (_trouble != e.Message) KeepingLog.Postponed(logger, e.Message);
            _trouble = e.Message;
            return false;
        }
    }
}

internal static partial class KeepingLog
{
    [LoggerMessage(EventId = 4311, EventName = "ArchiveKept", Level = LogLevel.Information,
        Message = "The archive was put in order: {Erased} rows of forgotten viewers removed, {Merged} files merged into {Made}, {Expired} emptied by age, {Deleted} deleted")]
    public static partial void Kept(ILogger logger, long erased, int merged, int made, int expired, int deleted);

    [LoggerMessage(EventId = 4312, EventName = "ArchiveProblem", Level = LogLevel.Error, Message = "{Problem}; wishes to be forgotten are not done before it is mended")]
    public static partial void Problem(ILogger logger, string problem);

    [LoggerMessage(EventId = 4313, EventName = "KeepingPostponed", Level = LogLevel.Warning, Message = "Putting the archive in order waits: {Reason}")]
    public static partial void Postponed(ILogger logger, string reason);

    [LoggerMessage(EventId = 4314, EventName = "ErasuresDone", Level = LogLevel.Information, Message = "{Count} wishes to be forgotten are carried out")]
    public static partial void Forgotten(ILogger logger, int count);
}
