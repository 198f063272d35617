using System.Runtime.InteropServices;
using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Ranking;

/// <summary>
/// Fills place after place with the best by (1 - lambda) * score - lambda * (greatest similarity to a video before it) - (1 - decay^repeats),
/// where scores are taken relative to the span of the best ones: maximal marginal relevance (Carbonell and Goldstein 1998) with
/// <see cref="ServingOptions.Diversity"/> as lambda, and a loss per video of the same author shortly before. At most
/// <see cref="ServingOptions.AuthorCap"/> videos of one author stand in a row of <see cref="ServingOptions.AuthorWindow"/> as long as there are
/// others (videos without a known author count as others), and some places are set aside for exploration. Where nothing else is left both
/// yield: an answer is filled if it can be.
/// </summary>
[Stage(10)]
internal sealed class DiverseSelector : ISelector
{
    public void Select(ViewerQuery query, List<Candidate> candidates, List<Candidate> selected)
    {
        // Exploration stays in the order in which it was drawn: its propensities depend on that.
        var drawn = candidates.FindAll(static c => c.IsExploration);
        if (drawn.Count > 0) candidates.RemoveAll(static c => c.IsExploration);
        var ranked = new MarginalRanking(query, candidates);
        var nextDrawn = 0;
        while (selected.Count < query.Count)
        {
            // A drawn video that the author cap keeps out gives its place back: another one there would have another propensity.
            if (ExplorationPlaces.Has(selected.Count, query.Options.FreshShare) && nextDrawn < drawn.Count && TryAdd(query, drawn[nextDrawn++], selected)) continue;
            if (ranked.TryTake(selected)) continue;
            if (nextDrawn == drawn.Count) break;
            TryAdd(query, drawn[nextDrawn++], selected, atAnyRate: true);
        }
    }

    private static bool TryAdd(ViewerQuery query, Candidate candidate, List<Candidate> selected, bool atAnyRate = false)
    {
        var repeats = new AuthorRow(selected, query.Options).Repeats(candidate);
        if (repeats >= query.Options.AuthorCap && !atAnyRate) return false;
        candidate.AuthorRepeats = repeats;
        foreach (ref readonly var other in CollectionsMarshal.AsSpan(selected)) candidate.Similarity = Math.Max(candidate.Similarity, Similarity.Of(query, candidate, other));
        selected.Add(candidate);
        return true;
    }
}
