using System.Text;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using Recommender.Hosting.Redis;
using Recommender.Ingestion.Events;
using Recommender.V1;

namespace Recommender.Ingestion.Catalog;

/// <summary>
/// Makes catalog changes durable on the compacted topic and then writes them through to Redis, so that <c>GetVideo</c> reads what was just
/// written. The topic is the truth: where Redis is out of reach, Features brings it up to date later.
/// </summary>
internal sealed class CatalogWriter(IRecordProducer producer, IRedis redis, CatalogLog log, TimeProvider time, ILogger<CatalogWriter> logger)
{
    /// <summary>Writes videos.</summary>
    /// <exception cref="KafkaUnavailableException">Not all are durable; sending them again is safe.</exception>
    public Task UpsertAsync(IReadOnlyList<Video> videos, CancellationToken cancellationToken) =>
        WriteAsync([.. videos.Select(v => (v.VideoId, (byte[]?)VideoJson.Serialize(v)))], cancellationToken);

    /// <summary>Writes tombstones.</summary>
    /// <exception cref="KafkaUnavailableException">Not all are durable; sending them again is safe.</exception>
    public Task DeleteAsync(IReadOnlyList<string> videoIds, CancellationToken cancellationToken) =>
        WriteAsync([.. videoIds.Select(id => (id, (byte[]?)null))], cancellationToken);

    private async Task WriteAsync((string VideoId, byte[]? Json)[] changes, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var at = Timestamp.FromDateTimeOffset(now);
        var records = Array.ConvertAll(changes, c => new KafkaRecord(
            Topics.Catalog, Encoding.UTF8.GetBytes(c.VideoId), c.Json, EventRecords.CloudEvents.Headers(Topics.Catalog, Guid.CreateVersion7(now).ToString(), at), now));
        var outcomes = await producer.SendBatchAsync(records, cancellationToken);
        foreach (var outcome in outcomes)
            if (outcome.Error is { } error) throw error;
        await WriteThroughAsync(changes, outcomes, cancellationToken);
    }

    private async Task WriteThroughAsync((string VideoId, byte[]? Json)[] changes, ProduceOutcome[] outcomes, CancellationToken cancellationToken)
    {
        if (log.Hash is not { } hash) return;
        try
        {
            await CatalogStore.WriteManyAsync(
                redis, [.. changes.Select((c, i) => KeyValuePair.Create(c.VideoId, new CatalogEntry(hash, outcomes[i].Position.Offset, c.Json)))], cancellationToken);
        }
        catch (RedisUnavailableException e)
        {
            CatalogWriterLog.NotWrittenThrough(logger, e);
        }
    }
}

internal static partial class CatalogWriterLog
{
    [LoggerMessage(EventId = 2001, EventName = "CatalogNotWrittenThrough", Level = LogLevel.Warning, Message = "A catalog change is durable but not yet readable by GetVideo: Redis did not take it")]
    public static partial void NotWrittenThrough(ILogger logger, Exception error);
}
