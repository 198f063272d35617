namespace Recommender.Serving.Pipeline;

/// <summary>
/// Takes the proposals of one source. Each is hydrated and filtered at once, so that a source goes on until enough of its videos may
/// really be shown.
/// </summary>
internal sealed class CandidateSink(int proposer, ICandidateHydrator[] hydrators, ICandidateFilter[] filters)
{
    /// <summary>What may be shown of the proposals so far.</summary>
    public List<Candidate> Candidates { get; } = [];

    /// <summary>How many proposals each filter kept out.</summary>
    public int[] Dropped { get; } = new int[filters.Length];

    /// <summary>Proposes a video.</summary>
    /// <returns>Whether it may be shown.</returns>
    public bool Offer(ViewerQuery query, Candidate candidate)
    {
        foreach (var hydrator in hydrators) hydrator.Hydrate(query, ref candidate);
        for (var i = 0; i < filters.Length; i++)
        {
            if (filters[i].Keeps(query, ref candidate)) continue;
            Dropped[i]++;
            return false;
        }
        candidate.Proposer = proposer;
        Candidates.Add(candidate);
        return true;
    }
}
