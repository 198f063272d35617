using System.Runtime.InteropServices;
using Grpc.Core;
using Microsoft.Extensions.ObjectPool;
using Recommender.Hosting.Privacy;
using Recommender.Serving.Exposure;
using Recommender.Serving.Model;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Serving.Api;

/// <summary>Answers recommender.v1.RecommendationService. A request that is well formed is always answered.</summary>
internal sealed class RecommendationApi(
    RecommendationPipeline pipeline, VideoLists lists, CurrentModel current, QueryMaker queries, AnswerDiversity diversity, ObjectPool<QueryScratch> pool,
    IEnumerable<ISideEffect> sideEffects, CallGate gate, UserIds users, ServingMetrics metrics, TimeProvider time)
    : RecommendationService.RecommendationServiceBase
{
    /// <inheritdoc/>
    public override async Task<RecommendResponse> Recommend(RecommendRequest request, ServerCallContext context)
    {
        var begin = time.GetTimestamp();
        using var pass = gate.Enter(context);
        RequestRules.Check(request);
        request.UserId = users.NameOf(request.UserId);
        var scratch = pool.Get();
        try
        {
            var query = queries.Make(request, current.Generation, context.Deadline, scratch);
            await pipeline.RunAsync(query, context.CancellationToken);
            var response = Answer(query);
            diversity.Sample(query);
            foreach (var effect in sideEffects) effect.After(request, response);
            metrics.Answered("Recommend", WireNames.Of(query.Tier), query.Degradation, time.GetElapsedTime(begin));
            return response;
        }
        finally
        {
            pool.Return(scratch);
        }
    }

    /// <inheritdoc/>
    public override Task<RecommendResponse> SimilarVideos(SimilarVideosRequest request, ServerCallContext context)
    {
        var begin = time.GetTimestamp();
        using var pass = gate.Enter(context);
        RequestRules.Check(request);
        var response = lists.Similar(request.VideoId, RequestRules.CountOf(request.Count));
        metrics.Answered("SimilarVideos", "similar", response.Degradation, time.GetElapsedTime(begin));
        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override Task<RecommendResponse> TrendingVideos(TrendingVideosRequest request, ServerCallContext context)
    {
        var begin = time.GetTimestamp();
        using var pass = gate.Enter(context);
        RequestRules.Check(request);
        var response = lists.Trending(RequestRules.WindowOf(request.Window), RequestRules.CountOf(request.Count));
        metrics.Answered("TrendingVideos", "trending", response.Degradation, time.GetElapsedTime(begin));
        return Task.FromResult(response);
    }

    private RecommendResponse Answer(ViewerQuery query)
    {
        var response = new RecommendResponse
        {
            RequestId = Guid.CreateVersion7(query.Now).ToString(),
            ModelVersion = query.Model?.Version ?? "",
            Degradation = query.Degradation,
            Tier = WireNames.Of(query.Tier),
            ExperimentArm = query.Arm,
        };
        Span<int> bySource = stackalloc int[(int)Source.Followed + 1];
        foreach (ref readonly var chosen in CollectionsMarshal.AsSpan(query.Scratch.Selected))
        {
            bySource[(int)chosen.Source]++;
            var video = new RecommendedVideo { VideoId = chosen.VideoId, Score = chosen.Score.Total, Source = chosen.Source, Propensity = chosen.Propensity };
            if (query.Request.Explain)
                (video.Reason, video.Explanation) = (Explanations.Describe(pipeline.Explain(query, chosen), chosen), Explanations.Of(pipeline, query, chosen));
            response.Videos.Add(video);
        }
        for (var source = 0; source < bySource.Length; source++)
            if (bySource[source] > 0) metrics.Shown((Source)source, bySource[source]);
        return response;
    }
}
