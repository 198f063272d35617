using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Candidates;

/// <summary>What trends among all viewers: the whole answer for a new viewer, a filler for the others.</summary>
internal sealed class TrendingSource : ICandidateSource
{
    public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
    {
        var wanted = Fill.Wanted(query);
        foreach (var video in query.Trending.Videos)
        {
            if (wanted == 0) break;
            var candidate = new Candidate { VideoId = video.VideoId, Source = Source.Trending, Hash = video.Hash, Item = -1, Propensity = 1 };
            if (sink.Offer(query, candidate)) wanted--;
        }
        return ValueTask.CompletedTask;
    }

    public string Explain(ViewerQuery query, in Candidate candidate) => $"Trending among all viewers (window {query.Trending.Name})";
}
