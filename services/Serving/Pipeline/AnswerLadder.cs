using Recommender.V1;

namespace Recommender.Serving.Pipeline;

/// <summary>What is at hand when an answer is planned.</summary>
/// <param name="StateKnown">The viewer's state was read, even if there is none yet.</param>
/// <param name="ListKnown">The viewer's list was read, even if there is none.</param>
/// <param name="HasList">There is a list with videos in it.</param>
/// <param name="HasEvents">The viewer did something, by the state or by the request.</param>
/// <param name="HasNews">Some of it is newer than the list, or there is no list of the live model.</param>
/// <param name="CanFoldIn">The live model knows some of those videos, and there is time to solve the viewer's vector.</param>
/// <param name="IsHindered">The vector is not solved only since no model is loaded or too little of the caller's deadline is left.</param>
/// <param name="IsTrendingCurrent">The trending videos in memory were read lately.</param>
internal readonly record struct LadderFacts(
    bool StateKnown, bool ListKnown, bool HasList, bool HasEvents, bool HasNews, bool CanFoldIn, bool IsHindered, bool IsTrendingCurrent);

/// <summary>
/// Chooses the best tier that is possible, and says what is missing. The degradation is
/// <list type="bullet">
/// <item>NONE: the answer is what a healthy system gives, trending for a viewer about whom nothing is known included;</item>
/// <item>PRECOMPUTED_ONLY: the viewer's state could not be read but the list could; or there is news about the viewer that the list does
/// not hold, and no model or no time to use it;</item>
/// <item>TRENDING_ONLY: neither state nor list could be read and the answer is what trends now; or there is news about the viewer, no model
/// or no time to use it, and no list;</item>
/// <item>STALE: neither could be read and the answer comes from this replica's memory alone: trending videos read too long ago, popularity,
/// or a vector solved from nothing but the request's <c>recent_video_ids</c>.</item>
/// </list>
/// </summary>
internal static class AnswerLadder
{
    /// <summary>The best tier that is possible.</summary>
    public static Tier Choose(in LadderFacts facts)
    {
        if (facts is { CanFoldIn: true, HasNews: true }) return Tier.RealTime;
        return facts.HasList ? Tier.Precomputed : Tier.Trending;
    }

    /// <summary>What the answer lacks.</summary>
    public static Degradation Describe(in LadderFacts facts, Tier tier)
    {
        if (!facts.StateKnown)
        {
            if (facts.ListKnown) return Degradation.PrecomputedOnly;
            return tier == Tier.Trending && facts.IsTrendingCurrent ? Degradation.TrendingOnly : Degradation.Stale;
        }
        if (facts is not { HasEvents: true, HasNews: true, IsHindered: true }) return Degradation.None;
        return tier == Tier.Precomputed ? Degradation.PrecomputedOnly : Degradation.TrendingOnly;
    }
}
