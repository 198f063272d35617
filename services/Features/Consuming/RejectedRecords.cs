using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Contracts.Json;
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
        var outcomes = await producer.SendBatchAsync([.. records.Select(r => Create(r.Record, r.Reason))], cancellationToken);
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

    private KafkaRecord Create(in TopicRecord record, string reason)
    {
        var (topic, partition, offset) = record.Position;
        var headers = new Headers
        {
            { CloudEventHeaders.SpecVersion, "1.0"u8.ToArray() },
            { CloudEventHeaders.Id, Text($"{topic}/{partition}/{offset}") },
            { CloudEventHeaders.Type, Text(Topics.Rejected) },
            { CloudEventHeaders.Source, "/recommender/features"u8.ToArray() },
            { CloudEventHeaders.Time, Text(JsonTime.Format(Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(time.GetUtcNow()))) },
            { CloudEventHeaders.ContentType, "application/octet-stream"u8.ToArray() },
            { RejectedHeaders.Reason, Text(reason) },
            { RejectedHeaders.Topic, Text(topic) },
            { RejectedHeaders.Partition, Text(partition.ToString(CultureInfo.InvariantCulture)) },
            { RejectedHeaders.Offset, Text(offset.ToString(CultureInfo.InvariantCulture)) },
        };
        return new KafkaRecord(Topics.Rejected, record.Key, record.Value, headers);
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}

/// <summary>A record that cannot be processed.</summary>
/// <param name="Record">The record.</param>
/// <param name="Reason">Why.</param>
internal readonly record struct RejectedRecord(TopicRecord Record, string Reason);
