using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Confluent.Kafka;
using Recommender.Hosting.Kafka;

namespace Recommender.Standalone.Inspect;

/// <summary>A Kafka record as one line.</summary>
internal static class RecordText
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The value as it is; <c>null</c> for a record without one, which deletes its key.</summary>
    public static string Value(ConsumeResult<byte[], byte[]> record) =>
        record.Message.Value is { } value ? Encoding.UTF8.GetString(value).ReplaceLineEndings(" ") : "null";

    /// <summary>A JSON object of partition, offset, timestamp, key, headers and value; a value that is no JSON appears as text.</summary>
    public static string Whole(ConsumeResult<byte[], byte[]> record)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("partition", record.Partition.Value);
            writer.WriteNumber("offset", record.Offset.Value);
            writer.WriteString("timestamp", RecordTimes.Of(record.Message.Timestamp, default).UtcDateTime);
            writer.WriteString("key", Text(record.Message.Key));
            writer.WriteStartObject("headers");
            foreach (var header in record.Message.Headers) writer.WriteString(header.Key, Text(header.GetValueBytes()));
            writer.WriteEndObject();
            writer.WritePropertyName("value");
            WriteValue(writer, record.Message.Value);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);

    private static void WriteValue(Utf8JsonWriter writer, byte[]? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
            return;
        }
        try
        {
            using var json = JsonDocument.Parse(value);
            json.WriteTo(writer);
        }
        catch (JsonException)
        {
            writer.WriteStringValue(Text(value));
        }
    }
}
