using System.Runtime.InteropServices;
using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Ranking;

/// <summary>
/// Takes the best by score, with two exceptions: at most <see cref="ServingOptions.AuthorCap"/> videos of one author stand in a row of
/// <see cref="ServingOptions.AuthorWindow"/> as long as there are others (videos without a known author count as others), and some places are
/// set aside for exploration. Where nothing else is left both yield: an answer is filled if it can be.
/// </summary>
internal sealed class DiverseSelector(ServingOptions options) : ISelector
{
    public void Select(ViewerQuery query, List<Candidate> candidates, List<Candidate> selected)
    {
        // Exploration stays in the order in which it was drawn: its propensities depend on that.
        var drawn = candidates.FindAll(static c => c.IsExploration);
        if (drawn.Count > 0) candidates.RemoveAll(static c => c.IsExploration);
        candidates.Sort(static (a, b) => Compare(a, b));
        var ranked = new RemainingCandidates(CollectionsMarshal.AsSpan(candidates));
        var exploration = new RemainingCandidates(CollectionsMarshal.AsSpan(drawn));
        while (selected.Count < query.Count)
        {
            var authors = new AuthorRow(selected, options);
            var isSetAside = ExplorationPlaces.Has(selected.Count, options.FreshShare);
            if (isSetAside && exploration.TryTake(authors, selected)) continue;
            if (ranked.TryTake(authors, selected) || ranked.TryTakeFirst(selected) || exploration.TryTakeFirst(selected)) continue;
            break;
        }
    }

    /// <summary>Best first. Level scores are ordered by id, so that the same facts give the same answer.</summary>
    private static int Compare(in Candidate a, in Candidate b)
    {
        var byScore = b.Score.Total.CompareTo(a.Score.Total);
        return byScore != 0 ? byScore : string.CompareOrdinal(a.VideoId, b.VideoId);
    }
}
