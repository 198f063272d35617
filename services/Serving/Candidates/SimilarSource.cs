using System.Globalization;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Candidates;

/// <summary>The nearest neighbours of what the viewer has just liked or shared.</summary>
[Stage(30)]
internal sealed class SimilarSource : ICandidateSource
{
    private const int PerVideo = 20;

    public string Name => "similar";

    public SourceLimits Limits => SourceLimits.Memory(60);

    public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
    {
        if (query.Tier == Tier.Trending) return ValueTask.CompletedTask;
        foreach (var liked in query.JustLiked)
        {
            var taken = 0;
            var neighbours = query.Model!.Factors!.Neighbours(liked, PerVideo);
            query.Model.Expect(neighbours.AsSpan(0, Math.Min(neighbours.Length, PerVideo)));
            foreach (var neighbour in neighbours)
            {
                if (taken == PerVideo || neighbour.Score <= 0 || sink.IsFull) break;
                var candidate = new Candidate { VideoId = query.Model.IdOf(neighbour.Item), Source = Source.Similar, Item = neighbour.Item, Propensity = 1 };
                if (sink.Offer(query, candidate)) taken++;
            }
        }
        return ValueTask.CompletedTask;
    }

    public void Trace(ViewerQuery query, in Candidate candidate, List<Evidence> into)
    {
        var (model, item) = (query.Model!, candidate.Item);
        var nearest = query.JustLiked.MaxBy(liked => model.Factors!.Cosine(liked, item));
        foreach (var interaction in query.State.Recent)
        {
            if (interaction.Type is not (EventType.Like or EventType.Share) || interaction.VideoId != model.IdOf(nearest)) continue;
            into.Add(new Evidence(interaction, model.Factors!.Cosine(nearest, item)));
            return;
        }
    }

    public string Explain(ViewerQuery query, in Candidate candidate)
    {
        var (model, item) = (query.Model!, candidate.Item);
        var nearest = query.JustLiked.MaxBy(liked => model.Factors!.Cosine(liked, item));
        return string.Create(CultureInfo.InvariantCulture, $"Similar to {model.IdOf(nearest)}, which this viewer has just liked (cosine {model.Factors!.Cosine(nearest, item):0.00})");
    }
}
