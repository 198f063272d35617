using System.Buffers;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Recommender.V1;

namespace Recommender.Contracts.Json;

/// <summary>The JSON form of a video, as the catalog topic carries it: one object, snake_case names, absent fields left out.</summary>
public static class VideoJson
{
    private static readonly JsonWriterOptions s_writerOptions = new() { SkipValidation = true, Encoder = JsonText.Encoder };

    /// <summary>Serializes a video to UTF-8.</summary>
    public static byte[] Serialize(Video video)
    {
        var buffer = new ArrayBufferWriter<byte>(320);
        using (var writer = new Utf8JsonWriter(buffer, s_writerOptions))
            Write(writer, video);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, Video video)
    {
        writer.WriteStartObject();
        writer.WriteString("video_id", video.VideoId);
        if (video.AuthorId.Length > 0) writer.WriteString("author_id", video.AuthorId);
        if (video.Duration is { } duration) writer.WriteNumber("duration_ms", JsonText.Milliseconds(duration));
        if (video.PublishedAt is { } published) writer.WriteString("published_at", JsonTime.Format(published));
        if (video.Tags.Count > 0)
        {
            writer.WriteStartArray("tags");
            foreach (var tag in video.Tags) writer.WriteStringValue(tag);
            writer.WriteEndArray();
        }
        if (video.Language.Length > 0) writer.WriteString("language", video.Language);
        if (video.Title.Length > 0) writer.WriteString("title", video.Title);
        if (video.Attributes.Count > 0) JsonText.WriteMap(writer, "attributes", video.Attributes);
        writer.WriteEndObject();
    }

    /// <summary>Parses one JSON object into a video. Unknown fields are ignored, so that fields can be added.</summary>
    /// <exception cref="FormatException">It is no such object; the message names the field.</exception>
    public static Video Parse(ReadOnlySpan<byte> utf8)
    {
        var video = new Video();
        var reader = new JsonFieldReader(utf8);
        while (reader.NextField(out var name))
        {
            switch (name)
            {
                case "video_id": video.VideoId = reader.Text(); break;
                case "author_id": video.AuthorId = reader.Text(); break;
                case "duration_ms": video.Duration = Duration.FromTimeSpan(reader.Milliseconds()); break;
                case "published_at": video.PublishedAt = reader.Time(); break;
                case "tags": reader.List(video.Tags); break;
                case "language": video.Language = reader.Text(); break;
                case "title": video.Title = reader.Text(); break;
                case "attributes": reader.Map(video.Attributes); break;
                default: reader.Skip(); break;
            }
        }
        if (video.VideoId.Length == 0) throw new FormatException("video_id is missing");
        return video;
    }
}
