using Recommender.Serving.Pipeline;

namespace Recommender.Serving.Candidates;

/// <summary>The reason for a video that follows from all that a viewer did: the events whose videos are most like it.</summary>
internal static class NearestEvents
{
    private const int Most = 3;

    /// <summary>Adds the viewer's events on the most similar videos, each video once, most similar first; none where the live model has no vectors.</summary>
    public static void AddTo(List<Evidence> into, ViewerQuery query, in Candidate candidate)
    {
        if (query.Model is not { Factors: { } factors } model || (candidate.Item < 0 && candidate.Cold < 0)) return;
        foreach (var interaction in query.State.Recent)
        {
            if (!model.TryFind(interaction.VideoId, out var other) || other == candidate.Item || !factors.Knows(other) || into.Exists(e => e.Event.VideoId == interaction.VideoId)) continue;
            var cosine = candidate.Item >= 0 ? factors.Cosine(candidate.Item, other) : factors.Cosine(query.Cold.Row(candidate.Cold), other);
            into.Add(new Evidence(interaction, cosine));
        }
        into.Sort(static (a, b) => b.Similarity.CompareTo(a.Similarity));
        if (into.Count > Most) into.RemoveRange(Most, into.Count - Most);
    }
}
