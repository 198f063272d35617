using System.Text;
using System.Text.Json;
using Recommender.Contracts.Json;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Features.Consuming;

/// <summary>Reads catalog records: a video, or nothing where one was deleted.</summary>
internal static class CatalogReader
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a record of the catalog topic; null when that went well, otherwise what is wrong with it.</summary>
    public static string? Read(in TopicRecord record, ulong log, out CatalogChange change)
    {
        change = default;
        string videoId;
        Video? video = null;
        try
        {
            videoId = s_strict.GetString(record.Key);
            if (record.Value is not null) video = VideoJson.Parse(record.Value);
        }
        catch (ArgumentException)
        {
            return "the key is not valid UTF-8";
        }
        catch (FormatException error)
        {
            return error.Message;
        }
        if (FieldRules.RequiredId("the key", videoId) is { } v) return $"{v.Field} {v.Description}";
        if (video is not null && video.VideoId != videoId) return "video_id differs from the key";
        change = new CatalogChange(videoId, new CatalogEntry(log, record.Position.Offset, record.Value), DurationOf(video));
        return null;
    }

    /// <summary>The row that the archive keeps of a deletion.</summary>
    public static byte[] DeletedRow(string videoId)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("video_id", videoId);
            writer.WriteBoolean("deleted", true);
            writer.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static long DurationOf(Video? video) => video?.Duration is { } d ? (d.Seconds * 1000) + (d.Nanos / 1_000_000) : 0;
}

/// <summary>A video that was set or deleted.</summary>
/// <param name="VideoId">The video.</param>
/// <param name="Entry">What Redis shall keep of it.</param>
/// <param name="DurationMs">Its duration, milliseconds; 0 when unknown.</param>
internal readonly record struct CatalogChange(string VideoId, CatalogEntry Entry, long DurationMs);
