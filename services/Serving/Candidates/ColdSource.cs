using System.Globalization;
using Recommender.Modeling.Retrieval;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Candidates;

/// <summary>
/// New videos that the model does not know, by the vector that author, tags and first viewers give them: those that fit the viewer best
/// compete by score with all others.
/// </summary>
[Stage(50)]
internal sealed class ColdSource : ICandidateSource
{
    private const int Most = 20;

    public string Name => "cold";

    public SourceLimits Limits => SourceLimits.Memory(Most);

    public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
    {
        var cold = query.Cold;
        if (query.Tier != Tier.RealTime || cold.Count == 0) return ValueTask.CompletedTask;
        // More than are taken, since some may have been seen.
        Span<ScoredItem> best = stackalloc ScoredItem[4 * Most];
        var scores = query.Scratch.Scores(cold.Count);
        for (var i = 0; i < cold.Count; i++) scores[i] = cold.Score(query.Vector.Span, i);
        foreach (var hit in best[..TopK.Select(scores, default, best)])
        {
            if (sink.IsFull || hit.Score <= 0) break;
            sink.Offer(query, new Candidate { VideoId = cold.IdOf(hit.Item), Source = Source.Fresh, Item = -1, Propensity = 1 });
        }
        return ValueTask.CompletedTask;
    }

    public string Explain(ViewerQuery query, in Candidate candidate) =>
        string.Create(CultureInfo.InvariantCulture, $"New, and fits this viewer by its author, tags or first viewers ({query.Cold.Score(query.Vector.Span, candidate.Cold):0.00})");
}
