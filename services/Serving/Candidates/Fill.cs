using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Candidates;

/// <summary>How much sources propose that know nothing of the viewer.</summary>
internal static class Fill
{
    /// <summary>Proposals, by the videos wanted, that leave the selector a choice whatever repeats or belongs to one author.</summary>
    private const int Enough = 3;

    /// <summary>As many as are wanted, so that they could be the whole answer; some more where they are, so that the selector has a choice.</summary>
    public static int Wanted(ViewerQuery query) => query.Tier == Tier.Trending ? (2 * query.Count) + 20 : query.Count;

    /// <summary>As many as the sources before have left missing: usually none, and then nothing is looked at in vain.</summary>
    public static int Missing(ViewerQuery query)
    {
        var missing = query.Tier == Tier.Trending ? Wanted(query) : Enough * query.Count;
        foreach (var sink in query.Scratch.Sinks) missing -= sink.Candidates.Count;
        return Math.Max(0, missing);
    }
}
