using Recommender.Serving.Catalog;
using Recommender.Serving.Fresh;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Ranking;
using Recommender.V1;

namespace Recommender.Serving.Candidates;

/// <summary>
/// Exploration: a few new videos that the live model does not know yet, so that they get the first viewers that they need to be learnt. A
/// part of the draws is even among the newest of the catalog (epsilon), the rest goes by each video's chance to be the best liked (Thompson
/// sampling); a video that was shown often enough takes part no more.
/// </summary>
[Stage(80)]
internal sealed class FreshSource(VideoCatalog catalog, FreshBoard board, Random random) : ICandidateSource
{
    public string Name => "fresh";

    public SourceLimits Limits => SourceLimits.Memory(10_000);

    public ValueTask ProposeAsync(ViewerQuery query, CandidateSink sink, CancellationToken cancellationToken)
    {
        var options = query.Options;
        var wanted = ExplorationPlaces.CountIn(query.Count, options.FreshShare);
        if (wanted == 0) return ValueTask.CompletedTask;
        var drawable = sink.Candidates;
        var chances = board.Chances;
        var since = (query.Now - options.FreshFor).ToUnixTimeMilliseconds();
        var now = query.Now.ToUnixTimeMilliseconds();
        foreach (var video in catalog.Newest())
        {
            if (drawable.Count == options.FreshPool || video.PublishedAtMs < since || sink.IsFull) break;
            if (video.PublishedAtMs > now || query.Model?.TryFind(video.VideoId, out _) == true || IsWornOut(video, chances, options)) continue;
            sink.Offer(query, new Candidate { VideoId = video.VideoId, Source = Source.Fresh, Hash = video.Hash, Item = -1, IsExploration = true });
        }
        Draw(drawable, Math.Min(wanted, drawable.Count), chances, options.FreshEpsilon);
        return ValueTask.CompletedTask;
    }

    public string Explain(ViewerQuery query, in Candidate candidate) => "New: shown to find out who likes it";

    private bool IsWornOut(CatalogVideo video, FreshChances chances, ServingOptions options) =>
        chances.ViewsOf(video.VideoId) >= options.FreshImpressionCap || board.ShownHere(video.VideoId) >= options.FreshImpressionCap;

    /// <summary>
    /// Keeps <paramref name="count"/> of the videos in the order in which they are drawn. A propensity is the probability of the draw given
    /// the draws before it: epsilon / n + (1 - epsilon) * chance / (chances of the n that are left).
    /// </summary>
    private void Draw(List<Candidate> videos, int count, FreshChances chances, double epsilon)
    {
        var left = 0.0;
        foreach (var video in videos) left += chances.Of(video.VideoId);
        for (var i = 0; i < count; i++)
        {
            var rest = videos.Count - i;
            var (drawn, propensity, at) = (i, 0.0, random.NextDouble());
            for (var j = i; j < videos.Count; j++)
            {
                propensity = (epsilon / rest) + ((1 - epsilon) * chances.Of(videos[j].VideoId) / left);
                drawn = j;
                at -= propensity;
                if (at < 0) break;
            }
            left -= chances.Of(videos[drawn].VideoId);
            (videos[i], videos[drawn]) = (videos[drawn], videos[i]);
            // Rounding may leave the last ones a little off.
            videos[i] = videos[i] with { Propensity = Math.Min(1, propensity) };
        }
        videos.RemoveRange(count, videos.Count - count);
    }
}
