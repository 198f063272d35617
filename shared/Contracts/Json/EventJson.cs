using System.Buffers;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Recommender.V1;

namespace Recommender.Contracts.Json;

/// <summary>
/// The JSON form of an event, as the event topics, the archive and <c>import --format jsonl</c> carry it: one object, snake_case names,
/// absent fields left out, <c>watch_time_ms</c> in whole milliseconds, times as RFC 3339 in UTC.
/// </summary>
public static class EventJson
{
    private static readonly JsonWriterOptions s_writerOptions = new() { SkipValidation = true, Encoder = JsonText.Encoder };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? s_writer;

    /// <summary>Serializes an event to UTF-8. <paramref name="receivedAt"/> is the time at which the door took it.</summary>
    public static byte[] Serialize(Event e, Timestamp? receivedAt = null)
    {
        // The thread's own, so that an event costs no more than its bytes.
        var buffer = s_buffer ??= new ArrayBufferWriter<byte>(512);
        var writer = s_writer ??= new Utf8JsonWriter(buffer, s_writerOptions);
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        Write(writer, e, receivedAt);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes one event as a JSON object.</summary>
    public static void Write(Utf8JsonWriter writer, Event e, Timestamp? receivedAt = null)
    {
        writer.WriteStartObject();
        writer.WriteString(EncodedFields.EventId, e.EventId);
        writer.WriteString(EncodedFields.Type, EventTypeNames.NameOf(e.Type));
        writer.WriteString(EncodedFields.UserId, e.UserId);
        if (e.VideoId.Length > 0 || !EventTypes.IsOfAuthor(e.Type)) writer.WriteString(EncodedFields.VideoId, e.VideoId);
        WriteIfAny(writer, EncodedFields.AuthorId, e.AuthorId);
        if (e.OccurredAt is { } occurred) WriteTime(writer, EncodedFields.OccurredAt, occurred);
        if (receivedAt is not null) WriteTime(writer, EncodedFields.ReceivedAt, receivedAt);
        if (e.WatchTime is { } watched) writer.WriteNumber(EncodedFields.WatchTimeMs, JsonText.Milliseconds(watched));
        WriteIfAny(writer, EncodedFields.SessionId, e.SessionId);
        WriteIfAny(writer, EncodedFields.RequestId, e.RequestId);
        if (e.Position != 0 || e.RequestId.Length > 0) writer.WriteNumber(EncodedFields.Position, e.Position);
        WriteIfAny(writer, EncodedFields.Surface, e.Surface);
        if (e.Context.Count > 0) JsonText.WriteMap(writer, EventFields.Context, e.Context);
        writer.WriteEndObject();
    }

    /// <summary>Parses one JSON object into an event. Unknown fields are ignored, so that fields can be added; a field that is null is absent.</summary>
    /// <exception cref="FormatException">It is no such object; the message names the field.</exception>
    public static Event Parse(ReadOnlySpan<byte> utf8) => Parse(utf8, out _);

    /// <summary>Parses one JSON object into an event and the time at which the door took it, if it is there.</summary>
    /// <exception cref="FormatException">It is no such object; the message names the field.</exception>
    public static Event Parse(ReadOnlySpan<byte> utf8, out Timestamp? receivedAt)
    {
        receivedAt = null;
        var e = new Event();
        var reader = new JsonFieldReader(utf8);
        while (reader.NextField(out var name))
        {
            switch (name)
            {
                case EventFields.EventId: e.EventId = reader.Text(); break;
                case EventFields.Type: e.Type = ParseType(reader.Name()); break;
                case EventFields.UserId: e.UserId = reader.Text(); break;
                case EventFields.VideoId: e.VideoId = reader.Text(); break;
                case EventFields.AuthorId: e.AuthorId = reader.Text(); break;
                case EventFields.OccurredAt: e.OccurredAt = reader.Time(); break;
                case EventFields.ReceivedAt: receivedAt = reader.Time(); break;
                case EventFields.WatchTimeMs: e.WatchTime = Duration.FromTimeSpan(reader.Milliseconds()); break;
                case EventFields.SessionId: e.SessionId = reader.Text(); break;
                case EventFields.RequestId: e.RequestId = reader.Text(); break;
                case EventFields.Position: e.Position = reader.Int32(); break;
                case EventFields.Surface: e.Surface = reader.Text(); break;
                case EventFields.Context: reader.Map(e.Context); break;
                default: reader.Skip(); break;
            }
        }
        if (e.Type == EventType.Unspecified) throw new FormatException("type is missing");
        if (e.UserId.Length == 0) throw new FormatException("user_id is missing");
        if (e.VideoId.Length == 0 && !EventTypes.IsOfAuthor(e.Type)) throw new FormatException("video_id is missing");
        if (e.AuthorId.Length == 0 && EventTypes.IsOfAuthor(e.Type)) throw new FormatException("author_id is missing");
        return e;
    }

    /// <summary>The type of a name.</summary>
    /// <exception cref="FormatException">There is none of that name.</exception>
    internal static EventType ParseType(string name) => EventTypeNames.TryParse(name, out var type)
        ? type
        : throw new FormatException($"type is '{JsonText.Shorten(name)}'; known types: {string.Join(", ", EventTypeNames.All)}");

    private static void WriteIfAny(Utf8JsonWriter writer, JsonEncodedText name, string value)
    {
        if (value.Length > 0) writer.WriteString(name, value);
    }

    private static void WriteTime(Utf8JsonWriter writer, JsonEncodedText name, Timestamp time)
    {
        Span<byte> utf8 = stackalloc byte[JsonTime.MaxBytes];
        writer.WriteString(name, utf8[..JsonTime.Format(time, utf8)]);
    }
}
