using System.Globalization;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Candidates;

/// <summary>The list that the last training made for the viewer.</summary>
[Stage(20)]
internal sealed class PrecomputedSource : ICandidateSource
{
    private const int Extra = 50;

    public string Name => "precomputed";

    public SourceLimits Limits => SourceLimits.Memory(1000);

    public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
    {
        if (query.Tier != Tier.Precomputed) return ValueTask.CompletedTask;
        // More than are wanted, so that the selector has a choice.
        var wanted = (2 * query.Count) + Extra;
        var videos = query.Viewer.List!.Videos;
        var i = 0;
        for (; i < videos.Count && sink.Candidates.Count < wanted && !sink.IsFull; i++)
        {
            var (videoId, score) = videos[i];
            sink.Offer(query, new Candidate { VideoId = videoId, Source = Source.Precomputed, Item = -1, ListScore = score, IsListed = true, Propensity = 1 });
        }
        query.Scratch.ListTaken = i;
        return ValueTask.CompletedTask;
    }

    public string Explain(ViewerQuery query, in Candidate candidate)
    {
        var list = query.Viewer.List!;
        return string.Create(CultureInfo.InvariantCulture, $"From the list that model {list.ModelVersion} made for this viewer at {DateTimeOffset.FromUnixTimeMilliseconds(list.ComputedAtMs):yyyy-MM-dd HH:mm} UTC");
    }

    public void Trace(ViewerQuery query, in Candidate candidate, List<Evidence> into) => NearestEvents.AddTo(into, query, candidate);
}
