using System.Globalization;
using Google.Protobuf.Collections;
using Recommender.Hosting.Errors;
using Recommender.V1;

namespace Recommender.Ingestion.Catalog;

/// <summary>Judges one video of the catalog, field by field.</summary>
internal static class VideoRules
{
    /// <summary>Videos of one UpsertVideos or DeleteVideos call.</summary>
    public const int MaxBatch = 1000;

    private const int MaxTags = 64;
    private const int MaxTagBytes = 128;
    private const int MaxLanguageBytes = 35; // the longest tag of BCP 47 that systems must take
    private const int MaxTitleBytes = 1024;
    private const int MaxAttributes = 32;
    private const int MaxAttributeKeyBytes = 64;
    private const int MaxAttributeValueBytes = 512;
    private const int MaxAge = 150;
    private const long MaxDurationSeconds = 7 * 24 * 3600;

    /// <summary>Everything that is wrong with the video.</summary>
    public static IEnumerable<FieldViolation> Check(Video video, string path)
    {
        FieldViolation?[] found =
        [
            FieldRules.RequiredId(path + ".video_id", video.VideoId),
            FieldRules.OptionalId(path + ".author_id", video.AuthorId),
            CheckDuration(path + ".duration", video),
            CheckPublishedAt(path + ".published_at", video),
            CheckTags(path + ".tags", video.Tags),
            FieldRules.Text(path + ".language", video.Language, MaxLanguageBytes),
            FieldRules.Text(path + ".title", video.Title, MaxTitleBytes),
            CheckAttributes(path + ".attributes", video.Attributes),
        ];
        return found.OfType<FieldViolation>();
    }

    private static FieldViolation? CheckDuration(string field, Video video)
    {
        if (video.Duration is not { } duration) return null;
        if (duration.Seconds < 0 || duration.Nanos < 0) return new FieldViolation(field, "is negative");
        if (duration.Nanos > 999_999_999) return new FieldViolation(field, "has nanos outside 0 to 999,999,999");
        return duration.Seconds <= MaxDurationSeconds ? null : new FieldViolation(field, "is longer than 7 days");
    }

    private static FieldViolation? CheckPublishedAt(string field, Video video)
    {
        if (video.PublishedAt is not { } at) return null;
        if (at.Nanos is < 0 or > 999_999_999) return new FieldViolation(field, "has nanos outside 0 to 999,999,999");
        // 0001-01-01 to 9999-12-31, the range of a protobuf timestamp. Future dates are fine: videos are scheduled.
        return at.Seconds is >= -62_135_596_800 and <= 253_402_300_799 ? null : new FieldViolation(field, "is outside the years 1 to 9999");
    }

    private static FieldViolation? CheckTags(string field, RepeatedField<string> tags)
    {
        if (tags.Count > MaxTags) return new FieldViolation(field, $"has {tags.Count} tags; at most {MaxTags} are allowed");
        for (var i = 0; i < tags.Count; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]");
            if (tags[i].Length == 0) return new FieldViolation(path, "is empty");
            if (FieldRules.Text(path, tags[i], MaxTagBytes) is { } violation) return violation;
        }
        return null;
    }

    private static FieldViolation? CheckAttributes(string field, MapField<string, string> attributes)
    {
        if (attributes.Count > MaxAttributes) return new FieldViolation(field, $"has {attributes.Count} entries; at most {MaxAttributes} are allowed");
        foreach (var (key, value) in attributes)
        {
            if (key.Length == 0) return new FieldViolation(field, "has an empty key");
            if (FieldRules.Text(field, key, MaxAttributeKeyBytes) is { } longKey) return longKey with { Description = "has a key that " + longKey.Description };
            if (FieldRules.Text($"{field}[{key}]", value, MaxAttributeValueBytes) is { } longValue) return longValue;
            if (CheckAudience(key, value) is { } problem) return new FieldViolation($"{field}[{key}]", problem);
        }
        return null;
    }

    /// <summary>What says for whom a video is must be readable: a slip of the pen would show it to everybody.</summary>
    private static string? CheckAudience(string key, string value) => key switch
    {
        _ when string.IsNullOrWhiteSpace(value) => null,
        "min_age" => int.TryParse(value.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var years) && years <= MaxAge ? null : $"is no whole number from 0 to {MaxAge}",
        "countries" or "blocked_countries" => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).All(code => FieldRules.IsCountry(code))
            ? null
            : "is no list of ISO 3166 codes of two letters, separated by commas",
        _ => null,
    };
}
