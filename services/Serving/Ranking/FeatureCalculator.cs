using System.Runtime.InteropServices;
using Recommender.Modeling.Ranking;
using Recommender.Serving.Catalog;
using Recommender.Serving.Model;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Ranking;

/// <summary>
/// Reckons the <see cref="RankerFeature"/>s of a viewer and a video: the one place where that happens. The ranker scores with these numbers, answers
/// explain with them, and impressions carry them to training, which learns from them as they are.
/// </summary>
internal sealed class FeatureCalculator(VideoCatalog catalog)
{
    private const double MillisecondsPerHour = 3_600_000;

    /// <summary>Views that stand for knowing nothing of a viewer, and the part that is taken to be watched or liked of them.</summary>
    private const float PriorViews = 5, PriorRatio = 0.5f, PriorLikesOf = 20, PriorLikes = 1;

    /// <summary>Interactions that stand for knowing nothing of a viewer and an author.</summary>
    private const float PriorAuthorEvents = 2;

    /// <summary>Whether there is a model with everything that features need.</summary>
    public static bool CanCompute(ViewerQuery query) => query.Model?.Rates is not null;

    /// <summary>Writes the features, all finite.</summary>
    /// <param name="query">The viewer, with all hydrators done.</param>
    /// <param name="candidate">The video, hydrated.</param>
    /// <param name="features">Receives <see cref="RankerFeatures.Count"/> numbers.</param>
    public void Compute(ViewerQuery query, in Candidate candidate, Span<float> features)
    {
        var viewer = query.Scratch.Ranker;
        if (!viewer.IsReady) Prepare(query, viewer);
        var (model, score) = (query.Model!, BlendScorer.Score(query, candidate));
        var isFolded = query.Tier == Tier.RealTime;
        var author = candidate.Video is { AuthorId.Length: > 0 } video ? viewer.Authors.GetValueOrDefault(video.AuthorId) : default;
        var rates = model.Rates!.Of(candidate.Item);
        Set(features, RankerFeature.BlendScore, (float)score.Total);
        Set(features, RankerFeature.FactorScore, (float)score.Relevance);
        Set(features, RankerFeature.FactorCosine, isFolded ? Cosine(query, candidate, (float)score.Relevance) : 0);
        Set(features, RankerFeature.IsFolded, isFolded ? 1 : 0);
        Set(features, RankerFeature.IsListed, candidate.IsListed ? 1 : 0);
        Set(features, RankerFeature.LikedSimilarity, BlendScorer.Closest(query, candidate));
        Set(features, RankerFeature.Trending, (float)query.Trending.RatioOf(candidate.VideoId));
        Set(features, RankerFeature.IsFollowed, BlendScorer.IsFollowed(query, candidate) ? 1 : 0);
        Set(features, RankerFeature.IsCold, candidate.Item < 0 ? 1 : 0);
        Set(features, RankerFeature.Popularity, candidate.Item < 0 ? 0 : (float)Math.Log2(1 + (1023 * model.PopularityOf(candidate.Item))) / 10);
        Set(features, RankerFeature.Age, AgeOf(query, candidate.Video));
        Set(features, RankerFeature.IsAgeKnown, candidate.Video is { PublishedAtMs: > 0 } ? 1 : 0);
        Set(features, RankerFeature.AuthorAffinity, author.Liking / (author.Events + PriorAuthorEvents));
        Set(features, RankerFeature.AuthorEvents, MathF.Log2(1 + author.Events));
        Set(features, RankerFeature.VideoWatchRatio, rates.Watched);
        Set(features, RankerFeature.VideoLikeRate, rates.Liked);
        Set(features, RankerFeature.VideoShareRate, rates.Shared);
        Set(features, RankerFeature.ViewerWatchRatio, viewer.WatchRatio);
        Set(features, RankerFeature.ViewerLikeRate, viewer.LikeRate);
        Set(features, RankerFeature.ViewerViews, viewer.Views);
    }

    private static void Set(Span<float> features, RankerFeature feature, float value) => features[(int)feature] = float.IsFinite(value) ? value : 0;

    private static float Cosine(ViewerQuery query, in Candidate candidate, float product)
    {
        if (candidate.Item >= 0) return product * query.Model!.Factors!.InverseNormOf(candidate.Item) * query.Scratch.Ranker.InverseNorm;
        return candidate.Cold >= 0 ? product * Vectors.InverseLength(query.Cold.Row(candidate.Cold)) * query.Scratch.Ranker.InverseNorm : 0;
    }

    private static float AgeOf(ViewerQuery query, CatalogVideo? video) => video is { PublishedAtMs: > 0 }
        ? (float)Math.Log2(1 + (Math.Max(0, query.Now.ToUnixTimeMilliseconds() - video.PublishedAtMs) / MillisecondsPerHour))
        : 0;

    private void Prepare(ViewerQuery query, RankerScratch viewer)
    {
        var state = query.State;
        var (watched, views) = (PriorViews * PriorRatio, PriorViews);
        foreach (ref readonly var interaction in CollectionsMarshal.AsSpan(state.Recent))
        {
            if (interaction is { Type: EventType.View, WatchRatio: > 0 }) (watched, views) = (watched + Math.Min(1, interaction.WatchRatio), views + 1);
            if (!catalog.TryFind(interaction.VideoId, out var video) || video.AuthorId.Length == 0) continue;
            ref var tally = ref CollectionsMarshal.GetValueRefOrAddDefault(viewer.Authors, video.AuthorId, out _);
            tally = new AuthorTally(tally.Events + 1, tally.Liking + LikingOf(interaction.Type, interaction.WatchRatio));
        }
        viewer.WatchRatio = watched / views;
        viewer.LikeRate = (state.NetLikes + PriorLikes) / (state.Views + PriorLikesOf);
        viewer.Views = MathF.Log2(1 + state.Views);
        viewer.InverseNorm = Vectors.InverseLength(query.Vector.Span);
        viewer.IsReady = true;
    }

    private static float LikingOf(EventType type, float watchRatio) => type switch
    {
        EventType.Like or EventType.Share or EventType.Follow => 1,
        EventType.View => Math.Clamp(2 * (watchRatio - 0.5f), -1, 1),
        EventType.Skip => -0.5f,
        EventType.Unlike or EventType.NotInterested => -1,
        _ => 0,
    };
}
