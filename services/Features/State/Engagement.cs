using Recommender.V1;

namespace Recommender.Features.State;

/// <summary>
/// How much an event adds to a video's trending sums. Negative signals add nothing: the sums only ever grow, so that a newer value is always
/// the larger one.
/// </summary>
internal static class Engagement
{
    /// <summary>A view whose watch ratio is unknown.</summary>
    public const double UnknownView = 0.2;

    /// <summary>A like.</summary>
    public const double Like = 2;

    /// <summary>A share.</summary>
    public const double Share = 4;

    /// <summary>The author was followed from this video.</summary>
    public const double Follow = 3;

    /// <summary>The weight of an event; views count by how much of the video was watched, once at most.</summary>
    public static double Of(EventType type, float? watchRatio) => type switch
    {
        EventType.View => watchRatio is { } ratio ? Math.Min(ratio, 1) : UnknownView,
        EventType.Like => Like,
        EventType.Share => Share,
        EventType.Follow => Follow,
        _ => 0,
    };
}
