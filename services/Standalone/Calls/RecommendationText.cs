using System.Globalization;
using System.Text;
using Recommender.V1;

namespace Recommender.Standalone.Calls;

/// <summary>Recommendations for people to read.</summary>
internal static class RecommendationText
{
    private const int MaxTitle = 48;

    /// <summary>One heading line, then a line per video.</summary>
    public static string Format(RecommendRequest request, RecommendResponse answer, IReadOnlyDictionary<string, Video> catalog)
    {
        var model = answer.ModelVersion.Length > 0 ? $"model {answer.ModelVersion}" : "no model yet";
        var degraded = answer.Degradation == Degradation.None ? "" : $", degraded: {NameOf(answer.Degradation)}";
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{answer.Videos.Count} videos for {request.UserId} ({model}{degraded})"));
        var width = Math.Max(5, answer.Videos.Select(v => v.VideoId.Length).DefaultIfEmpty().Max());
        for (var i = 0; i < answer.Videos.Count; i++)
        {
            var video = answer.Videos[i];
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"{i + 1,4}  {video.VideoId.PadRight(width)}  {video.Score,9:0.0000}  {NameOf(video.Source),-11}");
            if (catalog.TryGetValue(video.VideoId, out var known)) text.Append("  ").Append(Describe(known));
            if (video.Reason.Length > 0) text.Append("  - ").Append(video.Reason);
        }
        return text.ToString();
    }

    /// <summary>Title and tags, e.g. <c>Sunrise at the pier [surfing, travel]</c>; the id when there is no title.</summary>
    public static string Describe(Video video)
    {
        var title = video.Title.Length == 0 ? video.VideoId : video.Title.Length <= MaxTitle ? video.Title : video.Title[..(MaxTitle - 3)] + "...";
        return video.Tags.Count == 0 ? title : $"{title} [{string.Join(", ", video.Tags)}]";
    }

    private static string NameOf(Source source) => source == Source.Unspecified ? "-" : source.ToString().ToLowerInvariant();

    private static string NameOf(Degradation degradation) => degradation switch
    {
        Degradation.PrecomputedOnly => "precomputed only",
        Degradation.TrendingOnly => "trending only",
        _ => degradation.ToString().ToLowerInvariant(),
    };
}
