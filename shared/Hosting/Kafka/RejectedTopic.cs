using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Recommender.Contracts;
using ProtoTimestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Recommender.Hosting.Kafka;

/// <summary>A record that can't be processed, in the form in which it is set aside.</summary>
public static class RejectedTopic
{
    /// <summary>The record for <see cref="Topics.Rejected"/>: the same bytes, with the reason, the origin and the headers that it had in its headers.</summary>
    /// <param name="record">The record.</param>
    /// <param name="reason">What is wrong with it, in one sentence.</param>
    /// <param name="source">The service that sets it aside, e.g. <c>/recommender/features</c>.</param>
    /// <param name="at">When.</param>
    public static KafkaRecord Record(in TopicRecord record, string reason, string source, DateTimeOffset at)
    {
        var (topic, partition, offset) = record.Position;
        var headers = new CloudEvents(source).Headers(
            Topics.Rejected, $"{topic}/{partition}/{offset}", CloudEvents.Time(ProtoTimestamp.FromDateTimeOffset(at)), contentType: CloudEvents.Bytes);
        headers.Add(RejectedHeaders.Reason, Text(reason));
        headers.Add(RejectedHeaders.Topic, Text(topic));
        headers.Add(RejectedHeaders.Partition, Text(partition.ToString(CultureInfo.InvariantCulture)));
        headers.Add(RejectedHeaders.Offset, Text(offset.ToString(CultureInfo.InvariantCulture)));
        Keep(record.Headers, headers);
        return new KafkaRecord(Topics.Rejected, record.Key, record.Value, headers);
    }

    /// <summary>The headers that a rejected record had where it came from, as far as they were kept.</summary>
    public static Headers OriginalHeaders(Headers rejected)
    {
        ArgumentNullException.ThrowIfNull(rejected);
        var headers = new Headers();
        foreach (var header in rejected)
            if (header.Key.StartsWith(RejectedHeaders.OriginalPrefix, StringComparison.Ordinal)) headers.Add(header.Key[RejectedHeaders.OriginalPrefix.Length..], header.GetValueBytes());
        return headers;
    }

    // Anybody may write to the topics: their headers must not make a record too large to be set aside.
    private static void Keep(Headers original, Headers headers)
    {
        var (left, dropped) = (RejectedHeaders.MostOriginalBytes, 0);
        foreach (var header in original)
        {
            var bytes = Encoding.UTF8.GetByteCount(header.Key) + (header.GetValueBytes()?.Length ?? 0);
            if (bytes > left)
            {
                dropped++;
                continue;
            }
            left -= bytes;
            headers.Add(RejectedHeaders.OriginalPrefix + header.Key, header.GetValueBytes());
        }
        if (dropped > 0) headers.Add(RejectedHeaders.Dropped, Text(dropped.ToString(CultureInfo.InvariantCulture)));
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
