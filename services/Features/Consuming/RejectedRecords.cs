using Recommender.Hosting.Kafka;

namespace Recommender.Features.Consuming;

/// <summary>Sets records aside that cannot be processed, so that those behind them can.</summary>
internal sealed class RejectedRecords(IRecordProducer producer, FeatureMetrics metrics, TimeProvider time, ILogger<RejectedRecords> logger)
{
    /// <summary>Writes them to the topic of rejected records, as they are.</summary>
    /// <exception cref="KafkaUnavailableException">Not all of them are durable; try again.</exception>
    public async Task SendAsync(IReadOnlyList<RejectedRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count == 0) return;
        var outcomes = await producer.SendBatchAsync([.. records.Select(r => RejectedTopic.Record(r.Record, r.Reason, "/recommender/features", time.GetUtcNow()))], cancellationToken);
        for (var i = 0; i < outcomes.Length; i++)
        {
            var (topic, partition, offset) = records[i].Record.Position;
            switch (outcomes[i].Error)
            {
                case null:
                    ConsumingLog.Rejected(logger, topic, partition, offset, records[i].Reason);
                    break;
                case RecordRejectedException e:
                    // Not even that topic takes it, because of its size for instance. The log has it, at the place that is told here.
                    ConsumingLog.RejectedAndLost(logger, topic, partition, offset, records[i].Reason, e.Message);
                    break;
                case { } unavailable:
                    throw unavailable;
            }
            metrics.Rejected(topic);
        }
    }
}

/// <summary>A record that cannot be processed.</summary>
/// <param name="Record">The record.</param>
/// <param name="Reason">Why.</param>
internal readonly record struct RejectedRecord(TopicRecord Record, string Reason);
