using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Candidates;

/// <summary>What trends among all viewers: the whole answer for a new viewer, a filler for the others.</summary>
[Stage(60)]
internal sealed class TrendingSource : ICandidateSource
{
    public string Name => "trending";

    public SourceLimits Limits => SourceLimits.Memory(450);

    public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
    {
        var wanted = Fill.Wanted(query);
        foreach (var video in query.Trending.Videos)
        {
            if (wanted == 0 || sink.IsFull) break;
            var candidate = new Candidate { VideoId = video.VideoId, Source = Source.Trending, Hash = video.Hash, Item = -1, Propensity = 1 };
            if (sink.Offer(query, candidate)) wanted--;
        }
        return ValueTask.CompletedTask;
    }

    public string Explain(ViewerQuery query, in Candidate candidate) => $"Trending among all viewers (window {query.Trending.Name})";
}
