using Recommender.V1;

namespace Recommender.Serving.Impressions;

/// <summary>An answer whose impressions are to be written. The messages are only read.</summary>
/// <param name="UserId">The viewer.</param>
/// <param name="Surface">Where in the app.</param>
/// <param name="Response">What was shown.</param>
/// <param name="ShownAt">When the answer was made.</param>
/// <param name="TraceParent">W3C trace context of the call; null when it is not traced.</param>
internal sealed record ShownAnswer(string UserId, string Surface, RecommendResponse Response, DateTimeOffset ShownAt, byte[]? TraceParent)
{
    /// <summary>The ranker's features of what was shown; null where they were not taken. Whoever has written them releases them.</summary>
    public FeatureRows? Features { get; init; }
}
