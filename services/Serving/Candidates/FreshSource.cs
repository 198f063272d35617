using Recommender.Serving.Catalog;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Ranking;
using Recommender.V1;

namespace Recommender.Serving.Candidates;

/// <summary>
/// Exploration: a few new videos that the live model does not know yet, drawn at random with equal probability from the newest of the
/// catalog, so that they get the first viewers that they need to be learnt.
/// </summary>
internal sealed class FreshSource(VideoCatalog catalog, ServingOptions options, Random random) : ICandidateSource
{
    public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
    {
        var wanted = ExplorationPlaces.CountIn(query.Count, options.FreshShare);
        if (wanted == 0) return ValueTask.CompletedTask;
        var drawable = sink.Candidates;
        var since = (query.Now - options.FreshFor).ToUnixTimeMilliseconds();
        var now = query.Now.ToUnixTimeMilliseconds();
        foreach (var video in catalog.Newest())
        {
            if (drawable.Count == options.FreshPool || video.PublishedAtMs < since) break;
            if (video.PublishedAtMs > now || query.Model?.TryFind(video.VideoId, out _) == true) continue;
            sink.Offer(query, new Candidate { VideoId = video.VideoId, Source = Source.Fresh, Hash = video.Hash, Item = -1, IsExploration = true });
        }
        Draw(drawable, Math.Min(wanted, drawable.Count));
        return ValueTask.CompletedTask;
    }

    public string Explain(ViewerQuery query, in Candidate candidate) => "New: shown to find out who likes it";

    /// <summary>Keeps <paramref name="count"/> of the videos, each with equal probability and in random order (a partial Fisher-Yates shuffle).</summary>
    private void Draw(List<Candidate> videos, int count)
    {
        // At any given place each of them stands with probability one over their number.
        var propensity = 1.0 / Math.Max(1, videos.Count);
        for (var i = 0; i < count; i++)
        {
            var drawn = random.Next(i, videos.Count);
            (videos[i], videos[drawn]) = (videos[drawn], videos[i]);
            videos[i] = videos[i] with { Propensity = propensity };
        }
        videos.RemoveRange(count, videos.Count - count);
    }
}
