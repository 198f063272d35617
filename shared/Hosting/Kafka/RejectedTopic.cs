using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using ProtoTimestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Recommender.Hosting.Kafka;

/// <summary>A record that can't be processed, in the form in which it is set aside.</summary>
public static class RejectedTopic
{
    /// <summary>The record for <see cref="Topics.Rejected"/>: the same bytes, with the reason and the origin in its headers.</summary>
    /// <param name="record">The record.</param>
    /// <param name="reason">What is wrong with it, in one sentence.</param>
    /// <param name="source">The service that sets it aside, e.g. <c>/recommender/features</c>.</param>
    /// <param name="at">When.</param>
    public static KafkaRecord Record(in TopicRecord record, string reason, string source, DateTimeOffset at)
    {
        var (topic, partition, offset) = record.Position;
        var headers = new Headers
        {
            { CloudEventHeaders.SpecVersion, "1.0"u8.ToArray() },
            { CloudEventHeaders.Id, Text($"{topic}/{partition}/{offset}") },
            { CloudEventHeaders.Type, Text(Topics.Rejected) },
            { CloudEventHeaders.Source, Text(source) },
            { CloudEventHeaders.Time, Text(JsonTime.Format(ProtoTimestamp.FromDateTimeOffset(at))) },
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
