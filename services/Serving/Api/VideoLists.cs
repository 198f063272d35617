using Recommender.Modeling.Retrieval;
using Recommender.Serving.Catalog;
using Recommender.Serving.Fresh;
using Recommender.Serving.Model;
using Recommender.Serving.Trending;
using Recommender.V1;

namespace Recommender.Serving.Api;

/// <summary>Answers that are the same for every viewer: neighbours of a video, and what trends. They come from memory and never fail.</summary>
internal sealed class VideoLists(CurrentModel current, TrendingBoard board, FreshBoard fresh, VideoCatalog catalog, TimeProvider time)
{
    /// <summary>
    /// The videos nearest to one by cosine of the factors, of a new one by those that its author, tags and first viewers gave it; what trends when there are none.
    /// </summary>
    public RecommendResponse Similar(string videoId, int count)
    {
        var model = current.Generation;
        var answer = Begin(model);
        foreach (var neighbour in model is null ? [] : NeighboursOf(model, videoId, count))
        {
            if (answer.Response.Videos.Count == count) break;
            answer.Add(model!.IdOf(neighbour.Item), neighbour.Score, Source.Similar);
        }
        answer.Leave(videoId);
        if (answer.Response.Videos.Count < count) Fill(answer, model, RequestRules.DefaultWindow, count);
        return answer.Response;
    }

    private ScoredItem[] NeighboursOf(ModelGeneration model, string videoId, int count)
    {
        if (model.Factors is not { } factors) return [];
        if (model.TryFind(videoId, out var item)) return factors.Knows(item) ? factors.Neighbours(item, count) : [];
        // After a swap vectors are of the model before until they are made anew.
        var vectors = fresh.Vectors;
        return vectors.ModelVersion == model.Version && vectors.Find(videoId) is >= 0 and var number ? factors.Neighbours(vectors.Row(number)) : [];
    }

    /// <summary>What trends in a window; then what is popular by the live model; then the newest of the catalog.</summary>
    public RecommendResponse Trending(string window, int count)
    {
        var model = current.Generation;
        var answer = Begin(model);
        Fill(answer, model, window, count);
        return answer.Response;
    }

    private Answer Begin(ModelGeneration? model)
    {
        var response = new RecommendResponse { RequestId = Guid.CreateVersion7(time.GetUtcNow()).ToString(), ModelVersion = model?.Version ?? "" };
        return new Answer(response, catalog);
    }

    private void Fill(Answer answer, ModelGeneration? model, string windowName, int count)
    {
        var (videos, nowMs) = (answer.Response.Videos, time.GetUtcNow().ToUnixTimeMilliseconds());
        var window = board.Find(windowName)!;
        if (!board.IsCurrent) answer.Response.Degradation = Degradation.Stale;
        foreach (var video in window.Videos)
        {
            if (videos.Count == count) return;
            answer.Add(video.VideoId, video.Engagement.At(nowMs, window.HalfLife), Source.Trending);
        }
        foreach (var popular in model is null ? [] : model.Popular.Span)
        {
            if (videos.Count == count) return;
            answer.Add(model!.IdOf(popular.Item), 0, Source.Trending);
        }
        foreach (var video in catalog.Newest())
        {
            if (videos.Count == count) return;
            if (video.PublishedAtMs <= nowMs) answer.Add(video.VideoId, 0, Source.Fresh);
        }
    }

    /// <summary>An answer in the making: no video twice, none that is deleted.</summary>
    private sealed class Answer(RecommendResponse response, VideoCatalog catalog)
    {
        private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

        public RecommendResponse Response { get; } = response;

        /// <summary>Leaves a video out.</summary>
        public void Leave(string videoId) => _taken.Add(videoId);

        public void Add(string videoId, double score, Source source)
        {
            if (!_taken.Add(videoId) || catalog.IsDeleted(videoId)) return;
            Response.Videos.Add(new RecommendedVideo { VideoId = videoId, Score = score, Source = source, Propensity = 1 });
        }
    }
}
