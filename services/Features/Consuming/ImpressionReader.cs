using System.Text.Json;
using Recommender.Contracts.Json;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;

namespace Recommender.Features.Consuming;

/// <summary>Reads as much of an impression as archiving it needs.</summary>
internal static class ImpressionReader
{
    /// <summary>Reads a record of the impression topic; null when that went well, otherwise what is wrong with it.</summary>
    public static string? Read(in TopicRecord record, out DateTimeOffset shownAt)
    {
        shownAt = default;
        if (record.Value is null) return "the record has no value";
        try
        {
            if (JsonSerializer.Deserialize(record.Value, RecordJson.Default.Impression) is not { } impression) return "the record is not a JSON object";
            shownAt = impression.ShownAt;
            var violation = FieldRules.RequiredId("user_id", impression.UserId ?? "") ?? FieldRules.RequiredId("video_id", impression.VideoId ?? "")
                ?? EventReader.CheckTime("shown_at", shownAt, record.Timestamp);
            return violation is { } v ? $"{v.Field} {v.Description}" : null;
        }
        catch (JsonException)
        {
            return "the record is not an impression in JSON";
        }
    }
}
