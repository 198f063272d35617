using System.Text.Json;
using Recommender.Contracts.Json;

namespace Recommender.Standalone.Import.Formats;

/// <summary>
/// The topics' own form: an object with <c>type</c> or <c>user_id</c> is an event, any other one with <c>video_id</c> describes a video. Archive files and
/// what <c>topics tail</c> prints are of this form. Event ids are kept; an event without one gets a derived one.
/// </summary>
internal sealed class JsonLinesParser(EventFactory events) : ILineParser
{
    /// <inheritdoc/>
    public void Parse(ReadOnlySpan<byte> line, IImportSink sink)
    {
        switch (KindOf(line))
        {
            case Kind.Event:
                var e = EventJson.Parse(line);
                (e.UserId, e.VideoId) = (events.Id(e.UserId), events.Id(e.VideoId));
                if (e.EventId.Length == 0) e.EventId = events.IdOf(e);
                sink.Add(e);
                break;
            case Kind.Video:
                var video = VideoJson.Parse(line);
                video.VideoId = events.Id(video.VideoId);
                sink.Add(video);
                break;
            case Kind.Deletion:
                throw new FormatException("it is the deletion of a video, which is not imported");
            default:
                throw new FormatException("it is neither an event (type, user_id, video_id) nor a video (video_id)");
        }
    }

    private static Kind KindOf(ReadOnlySpan<byte> line)
    {
        var kind = Kind.Other;
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new FormatException("the line is not a JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var named = KindBy(reader);
                reader.Read();
                // What is null is not there: exports of tables write it for every empty column.
                if (reader.TokenType != JsonTokenType.Null && named > kind) kind = named;
                if (kind >= Kind.Deletion) return kind;
                reader.Skip();
            }
            return kind;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException("the line is not valid JSON", e);
        }
    }

    private static Kind KindBy(in Utf8JsonReader field) =>
        field.ValueTextEquals("type"u8) || field.ValueTextEquals("user_id"u8) ? Kind.Event
        : field.ValueTextEquals("deleted"u8) ? Kind.Deletion
        : field.ValueTextEquals("video_id"u8) ? Kind.Video
        : Kind.Other;

    private enum Kind { Other, Video, Deletion, Event }
}
