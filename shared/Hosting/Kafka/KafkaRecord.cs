using Confluent.Kafka;

namespace Recommender.Hosting.Kafka;

/// <summary>A record to be written to a topic.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Key">Decides the partition (murmur2, as the Java clients). Never empty in our topics.</param>
/// <param name="Value">The bytes, or <see langword="null"/> for a tombstone.</param>
/// <param name="Headers">Headers in the order written, or <see langword="null"/> for none. Not to be changed afterwards.</param>
/// <param name="Timestamp">The record's timestamp, or <see langword="null"/> for the moment of sending.</param>
public readonly record struct KafkaRecord(
    string Topic, byte[] Key, byte[]? Value, Headers? Headers = null, DateTimeOffset? Timestamp = null)
{
    /// <summary>
    /// About what the record occupies in a log, in bytes: key, value, headers and the framing of a batch of one (61 bytes for the
    /// batch, up to 20 for the record, 4 for each header). An upper bound for uncompressed data.
    /// </summary>
    internal int EstimatedBytes()
    {
        var bytes = 81 + (Key?.Length ?? 0) + (Value?.Length ?? 0);
        if (Headers is not null)
        {
            for (var i = 0; i < Headers.Count; i++)
            {
                var header = Headers[i];
                bytes += 4 + header.Key.Length + (header.GetValueBytes()?.Length ?? 0);
            }
        }

        return bytes;
    }
}
