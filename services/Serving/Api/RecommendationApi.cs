using Grpc.Core;
using Recommender.Hosting.Privacy;
using Recommender.Serving.Feed;
using Recommender.V1;

namespace Recommender.Serving.Api;

/// <summary>Answers recommender.v1.RecommendationService. A request that is well formed is always answered.</summary>
internal sealed class RecommendationApi(AnswerMaker answers, VideoLists lists, FeedServices feeds, CallGate gate, UserIds users, ServingMetrics metrics, TimeProvider time)
    : RecommendationService.RecommendationServiceBase
{
    /// <inheritdoc/>
    public override async Task<RecommendResponse> Recommend(RecommendRequest request, ServerCallContext context)
    {
        using var pass = gate.Enter(context);
        RequestRules.Check(request);
        request.UserId = users.NameOf(request.UserId);
        return await answers.MakeAsync(request, new Asked("Recommend", context.Deadline), context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task Feed(IAsyncStreamReader<FeedRequest> requestStream, IServerStreamWriter<FeedResponse> responseStream, ServerCallContext context) =>
        feeds.RunAsync(requestStream, responseStream, context);

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
}
