using Recommender.Serving.Catalog;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Candidates;

/// <summary>The newest videos of the catalog: the last resort where neither trending nor popular videos suffice, as in a system without events.</summary>
[Stage(90)]
internal sealed class NewestSource(VideoCatalog catalog) : ICandidateSource
{
    public string Name => "newest";

    public SourceLimits Limits => SourceLimits.Memory(200);

    public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
    {
        var wanted = Fill.Missing(query);
        if (wanted == 0) return ValueTask.CompletedTask;
        var now = query.Now.ToUnixTimeMilliseconds();
        foreach (var video in catalog.Newest())
        {
            if (wanted == 0 || sink.IsFull) break;
            if (video.PublishedAtMs > now) continue;
            if (sink.Offer(query, new Candidate { VideoId = video.VideoId, Source = Source.Fresh, Hash = video.Hash, Item = -1, Propensity = 1 })) wanted--;
        }
        return ValueTask.CompletedTask;
    }

    public string Explain(ViewerQuery query, in Candidate candidate) => "One of the newest videos; nothing else was left to show";
}
