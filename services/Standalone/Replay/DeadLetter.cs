using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Hosting.Kafka;

namespace Recommender.Standalone.Replay;

/// <summary>A record of <see cref="Topics.Rejected"/>.</summary>
/// <param name="Origin">Where the record came from.</param>
/// <param name="Reason">Why it was set aside.</param>
/// <param name="At">When.</param>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its bytes.</param>
/// <param name="Headers">The headers that it had, as far as they were kept.</param>
/// <param name="IsReplayed">Not a record that was set aside, but the note that it was sent again.</param>
internal sealed record DeadLetter(RecordPosition Origin, string Reason, DateTimeOffset At, byte[] Key, byte[]? Value, Headers Headers, bool IsReplayed)
{
    /// <summary>Reads one; null when its headers are not those of a record that was set aside.</summary>
    public static DeadLetter? Read(ConsumeResult<byte[], byte[]> record)
    {
        var headers = record.Message.Headers;
        if (Text(headers, RejectedHeaders.Topic) is not { Length: > 0 } topic
            || !int.TryParse(Text(headers, RejectedHeaders.Partition), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            || !long.TryParse(Text(headers, RejectedHeaders.Offset), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)) return null;
        return new DeadLetter(
            new RecordPosition(topic, partition, offset), Text(headers, RejectedHeaders.Reason) ?? "", RecordTimes.Of(record.Message.Timestamp, default),
            record.Message.Key ?? [], record.Message.Value, RejectedTopic.OriginalHeaders(headers), headers.TryGetLastBytes(RejectedHeaders.Replayed, out _));
    }

    private static string? Text(Headers headers, string name) => headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;
}
