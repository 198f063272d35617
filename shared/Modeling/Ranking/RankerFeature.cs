namespace Recommender.Modeling.Ranking;

/// <summary>
/// What the ranker knows of a viewer and a video, in the order of the vector. Every value follows from these two (and the moment) alone, never from
/// which source proposed the video or what else was proposed: a source shows as what it would say of the video.
/// </summary>
public enum RankerFeature
{
    /// <summary>The score of the plain blend.</summary>
    BlendScore,

    /// <summary>The model's score: the inner product with the solved vector, or the score that the viewer's list gives; 0 without either.</summary>
    FactorScore,

    /// <summary>Cosine of the solved vector and the video's; 0 where no vector was solved.</summary>
    FactorCosine,

    /// <summary>Whether the viewer's vector was solved from the newest events, 0 or 1.</summary>
    IsFolded,

    /// <summary>Whether the viewer's list, from which the answer is made, holds the video, 0 or 1.</summary>
    IsListed,

    /// <summary>Greatest cosine to what the viewer has just liked, from 0.</summary>
    LikedSimilarity,

    /// <summary>Engagement relative to the most trending video, 0 to 1.</summary>
    Trending,

    /// <summary>Whether the viewer follows the author, 0 or 1.</summary>
    IsFollowed,

    /// <summary>Whether the model does not know the video, 0 or 1.</summary>
    IsCold,

    /// <summary>Popularity relative to the most popular video on a logarithmic scale, 0 to 1.</summary>
    Popularity,

    /// <summary>log2 of 1 + hours since the publication; 0 when the date is unknown.</summary>
    Age,

    /// <summary>Whether the date of publication is known, 0 or 1.</summary>
    IsAgeKnown,

    /// <summary>How much the viewer liked the author's other videos lately, -1 to 1.</summary>
    AuthorAffinity,

    /// <summary>log2 of 1 + the viewer's newest interactions with the author's videos.</summary>
    AuthorEvents,

    /// <summary>Mean watch ratio of the video over all viewers, shrunk to that of all videos.</summary>
    VideoWatchRatio,

    /// <summary>Likes by views of the video, shrunk to those of all videos.</summary>
    VideoLikeRate,

    /// <summary>Shares by views of the video, shrunk to those of all videos.</summary>
    VideoShareRate,

    /// <summary>Mean watch ratio of the viewer's newest views, shrunk to one half.</summary>
    ViewerWatchRatio,

    /// <summary>Likes by views of the viewer, shrunk to one in twenty.</summary>
    ViewerLikeRate,

    /// <summary>log2 of 1 + the viewer's views.</summary>
    ViewerViews,
}

/// <summary>The vector of <see cref="RankerFeature"/>s as a whole.</summary>
public static class RankerFeatures
{
    /// <summary>Version of the features' meaning. Whoever changes one, or their order, raises it: vectors of another version are not trained on.</summary>
    public const int Version = 1;

    /// <summary>Their names by number, snake_case as topics and explanations carry them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetNames<RankerFeature>().Select(SnakeCase)];

    /// <summary>Length of a vector.</summary>
    public static int Count => Names.Count;

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((letter, i) => i > 0 && char.IsUpper(letter) ? "_" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));
}
