using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving;

/// <summary>The lower-case names of enum values, as impressions and metrics carry them.</summary>
internal static class WireNames
{
    /// <summary>Name of a source, e.g. <c>realtime</c>.</summary>
    public static string Of(Source source) => source switch
    {
        Source.Precomputed => "precomputed",
        Source.Realtime => "realtime",
        Source.Similar => "similar",
        Source.Trending => "trending",
        Source.Fresh => "fresh",
        Source.Followed => "followed",
        _ => "unspecified",
    };

    /// <summary>Name of a tier, e.g. <c>realtime</c>.</summary>
    public static string Of(Tier tier) => tier switch
    {
        Tier.RealTime => "realtime",
        Tier.Precomputed => "precomputed",
        _ => "trending",
    };

    /// <summary>Name of a degradation, e.g. <c>trending_only</c>.</summary>
    public static string Of(Degradation degradation) => degradation switch
    {
        Degradation.None => "none",
        Degradation.PrecomputedOnly => "precomputed_only",
        Degradation.TrendingOnly => "trending_only",
        Degradation.Stale => "stale",
        _ => "unspecified",
    };
}
