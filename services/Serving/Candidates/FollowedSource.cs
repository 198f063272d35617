using Recommender.Serving.Catalog;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Candidates;

/// <summary>The newest videos of the authors whom the viewer follows.</summary>
[Stage(40)]
internal sealed class FollowedSource(VideoCatalog catalog) : ICandidateSource
{
    private const int PerAuthor = 5;

    public string Name => "followed";

    public SourceLimits Limits => SourceLimits.Memory(50);

    public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
    {
        var now = query.Now.ToUnixTimeMilliseconds();
        foreach (var author in query.Scratch.Followed)
        {
            if (sink.IsFull) break;
            var taken = 0;
            foreach (var video in catalog.NewestOf(author))
            {
                if (taken == PerAuthor) break;
                if (video.PublishedAtMs > now) continue;
                if (sink.Offer(query, new Candidate { VideoId = video.VideoId, Source = Source.Followed, Hash = video.Hash, Item = -1, Propensity = 1 })) taken++;
            }
        }
        return ValueTask.CompletedTask;
    }

    public string Explain(ViewerQuery query, in Candidate candidate) => $"New by {candidate.Video?.AuthorId}, whom this viewer follows";

    public void Trace(ViewerQuery query, in Candidate candidate, List<Evidence> into)
    {
        foreach (var interaction in query.State.Recent)
        {
            if (interaction.Type != EventType.Follow || !catalog.TryFind(interaction.VideoId, out var video) || video.AuthorId != candidate.Video?.AuthorId) continue;
            into.Add(new Evidence(interaction, 0));
            return;
        }
    }
}
