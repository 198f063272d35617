using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Candidates;

/// <summary>How much sources propose that know nothing of the viewer.</summary>
internal static class Fill
{
    /// <summary>As many as are wanted, so that they could be the whole answer; some more where they are, so that the selector has a choice.</summary>
    public static int Wanted(ViewerQuery query) => query.Tier == Tier.Trending ? (2 * query.Count) + 20 : query.Count;
}
