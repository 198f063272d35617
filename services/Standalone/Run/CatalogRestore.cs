using Recommender.Contracts;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;

namespace Recommender.Standalone.Run;

/// <summary>
/// Writes the newest archived row of every video, deletions too, to the catalog topic of this start's empty broker, before the door opens: a
/// compacted topic holds its keys' newest records over restarts, and so must this one seem to. The model topic needs no such help, since training
/// announces at each start what is live.
/// </summary>
internal sealed class CatalogRestore(IRecordProducer producer, StorageOptions storage, TimeProvider time, ILogger<CatalogRestore> logger) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var rows = await CatalogRows.ReadNewestAsync(ArchiveCatalog.Load(storage.ArchivePath), cancellationToken);
        var deliveries = new Queue<Task<RecordPosition>>();
        foreach (var row in rows)
        {
            deliveries.Enqueue(await SendAsync(row.ToRecord(), cancellationToken));
            while (deliveries.TryPeek(out var first) && (first.IsCompleted || deliveries.Count > 1000)) await deliveries.Dequeue();
        }
        await Task.WhenAll(deliveries);
        if (rows.Count > 0) RestoreLog.Restored(logger, rows.Count, Topics.Catalog);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<Task<RecordPosition>> SendAsync(KafkaRecord record, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await producer.SendAsync(record, cancellationToken);
            }
            catch (DependencyUnavailableException e)
            {
                // The broker is in this process; what it waits for is the feature service, which is starting.
                await Task.Delay(e.RetryDelay, time, cancellationToken);
            }
        }
    }
}

internal static partial class RestoreLog
{
    [LoggerMessage(EventId = 5101, EventName = "CatalogRestored", Level = LogLevel.Information, Message = "Wrote {Videos} archived videos to {Topic} again")]
    public static partial void Restored(ILogger logger, int videos, string topic);
}
