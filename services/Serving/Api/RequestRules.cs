using System.Globalization;
using Google.Protobuf.Collections;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Serving.Api;

/// <summary>Judges requests, field by field; a wrong one is INVALID_ARGUMENT with every wrong field's name.</summary>
internal static class RequestRules
{
    /// <summary>Most videos of one answer.</summary>
    public const int MaxCount = 200;

    /// <summary>Videos of an answer when the request does not say.</summary>
    public const int DefaultCount = 20;

    /// <summary>The trending window when the request does not say.</summary>
    public const string DefaultWindow = "24h";

    private const int MaxIds = 1000;
    private const int MaxSurfaceBytes = 64;
    private const int MaxContextEntries = 16;
    private const int MaxContextKeyBytes = 64;
    private const int MaxContextValueBytes = 256;

    /// <summary>Throws INVALID_ARGUMENT when something is wrong.</summary>
    public static void Check(RecommendRequest request)
    {
        if (Judge(request) is { } found) throw GrpcErrors.InvalidArgument(found);
    }

    /// <summary>What is wrong with a request; null: nothing.</summary>
    public static List<FieldViolation>? Judge(RecommendRequest request)
    {
        List<FieldViolation>? found = null;
        Note(ref found, FieldRules.RequiredId("user_id", request.UserId));
        Note(ref found, FieldRules.Count("count", request.Count, MaxCount));
        Note(ref found, FieldRules.Text("surface", request.Surface, MaxSurfaceBytes));
        Note(ref found, CheckIds("exclude_video_ids", request.ExcludeVideoIds));
        Note(ref found, CheckIds("recent_video_ids", request.RecentVideoIds));
        Note(ref found, CheckIds("followed_author_ids", request.FollowedAuthorIds));
        Note(ref found, CheckIds("muted_author_ids", request.MutedAuthorIds));
        Note(ref found, CheckAge(request.Context));
        Note(ref found, CheckCountry(request.Context));
        Note(ref found, CheckContext(request.Context));
        return found;
    }

    /// <summary>Throws INVALID_ARGUMENT when something is wrong.</summary>
    public static void Check(SimilarVideosRequest request)
    {
        List<FieldViolation>? found = null;
        Note(ref found, FieldRules.RequiredId("video_id", request.VideoId));
        Note(ref found, FieldRules.Count("count", request.Count, MaxCount));
        if (found is not null) throw GrpcErrors.InvalidArgument(found);
    }

    /// <summary>Throws INVALID_ARGUMENT when something is wrong.</summary>
    public static void Check(TrendingVideosRequest request)
    {
        List<FieldViolation>? found = null;
        Note(ref found, FieldRules.Count("count", request.Count, MaxCount));
        Note(ref found, CheckWindow(request.Window));
        if (found is not null) throw GrpcErrors.InvalidArgument(found);
    }

    /// <summary>The count that a request means.</summary>
    public static int CountOf(int count) => count == 0 ? DefaultCount : count;

    /// <summary>The window that a request means.</summary>
    public static string WindowOf(string window) => window.Length == 0 ? DefaultWindow : window;

    private static FieldViolation? CheckIds(string field, RepeatedField<string> ids)
    {
        if (ids.Count > MaxIds) return new FieldViolation(field, string.Create(CultureInfo.InvariantCulture, $"has {ids.Count} ids; at most {MaxIds} are allowed"));
        for (var i = 0; i < ids.Count; i++)
        {
            // The name with the index is made only for a wrong one.
            if (FieldRules.RequiredId(field, ids[i]) is { } violation)
                return violation with { Field = string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]") };
        }
        return null;
    }

    private static FieldViolation? CheckContext(MapField<string, string> context)
    {
        if (context.Count > MaxContextEntries)
            return new FieldViolation("context", string.Create(CultureInfo.InvariantCulture, $"has {context.Count} entries; at most {MaxContextEntries} are allowed"));
        foreach (var (key, value) in context)
        {
            if (key.Length == 0) return new FieldViolation("context", "has an empty key");
            if (FieldRules.Text("context", key, MaxContextKeyBytes) is { } longKey) return longKey with { Description = "has a key that " + longKey.Description };
            if (FieldRules.Text("context", value, MaxContextValueBytes) is { } longValue) return longValue with { Field = $"context[{key}]" };
        }
        return null;
    }

    private static FieldViolation? CheckAge(MapField<string, string> context) =>
        context.TryGetValue("age", out var age) && !(int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out var years) && years <= 150)
            ? new FieldViolation("context[age]", "is no whole number from 0 to 150")
            : null;

    /// <summary>What no video names would bar nothing: a video that is blocked in DE would be shown to who says DEU. Blank: not said.</summary>
    private static FieldViolation? CheckCountry(MapField<string, string> context) =>
        context.TryGetValue("country", out var country) && country.AsSpan().Trim() is { Length: > 0 } code && !FieldRules.IsCountry(code)
            ? new FieldViolation("context[country]", "is no ISO 3166 code of two letters")
            : null;

    private static FieldViolation? CheckWindow(string window)
    {
        if (window.Length == 0) return null;
        foreach (var (name, _) in OnlineKeys.Windows)
            if (name == window) return null;
        return new FieldViolation("window", $"is no known window; {string.Join(", ", OnlineKeys.Windows.Select(w => w.Name))} are allowed, and empty for {DefaultWindow}");
    }

    private static void Note(ref List<FieldViolation>? found, FieldViolation? violation)
    {
        if (violation is { } v) (found ??= []).Add(v);
    }
}
