using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Online;
using Recommender.Hosting.Privacy;
using Recommender.Hosting.Redis;
using Recommender.V1;
using StackExchange.Redis;

namespace Recommender.Features.Api;

/// <summary>Shows online features. A viewer or video that nothing is known of has zeros: that is what its features are.</summary>
internal sealed class FeatureService(Hosting.Redis.IRedis redis, UserIds users, TimeProvider time) : V1.FeatureService.FeatureServiceBase
{
    /// <summary>The window that <c>trending_score</c> is of: a day.</summary>
    private const int TrendingWindow = 1;

    private const int PageSize = 1000;

    /// <inheritdoc/>
    public override async Task<UserFeatures> GetUserFeatures(GetUserFeaturesRequest request, ServerCallContext context)
    {
        FieldRules.ThrowIfAny(FieldRules.RequiredId("user_id", request.UserId));
        var state = await ReadViewerAsync(request.UserId, context.CancellationToken);
        var features = new UserFeatures { UserId = request.UserId, Views = state.Views, Likes = state.NetLikes, Shares = state.Shares };
        if (state.LastSeenAtMs > 0) features.LastSeenAt = Time(state.LastSeenAtMs);
        features.Recent.AddRange(state.Recent.Select(r => new Interaction
        {
            VideoId = r.VideoId, Type = r.Type, OccurredAt = Time(r.OccurredAtMs), WatchRatio = r.WatchRatio,
        }));
        features.MutedAuthorIds.AddRange(state.Muted.Ids);
        features.FollowedAuthorIds.AddRange(state.Followed.Ids);
        return features;
    }

    /// <inheritdoc/>
    public override async Task<VideoFeatures> GetVideoFeatures(GetVideoFeaturesRequest request, ServerCallContext context)
    {
        FieldRules.ThrowIfAny(FieldRules.RequiredId("video_id", request.VideoId));
        var total = await ReadVideoAsync(request.VideoId, context.CancellationToken);
        return new VideoFeatures
        {
            VideoId = request.VideoId,
            Views = total.Views,
            Likes = total.NetLikes,
            Shares = total.Shares,
            TrendingScore = total.Trending[TrendingWindow].At(time.GetUtcNow().ToUnixTimeMilliseconds(), OnlineKeys.Windows[TrendingWindow].HalfLife),
            AverageWatchRatio = total.AverageWatchRatio,
        };
    }

    /// <inheritdoc/>
    public override async Task ListUsers(ListUsersRequest request, IServerStreamWriter<ListUsersResponse> responseStream, ServerCallContext context)
    {
        if (users.HasKey)
            throw GrpcErrors.FailedPrecondition("PSEUDONYMS", "users", "viewers have pseudonyms here, so their own ids are not known; who has them must name the viewers");
        var userIds = redis.ScanKeysAsync(OnlineKeys.ViewerPattern, context.CancellationToken).Select(key => OnlineKeys.ViewerOf(key)).OfType<string>();
        await foreach (var page in userIds.Chunk(PageSize)) await WriteKnownAsync(page, responseStream, context.CancellationToken);
    }

    /// <summary>Writes those of whom more is known than that they asked to be forgotten.</summary>
    private async Task WriteKnownAsync(string[] userIds, IServerStreamWriter<ListUsersResponse> responseStream, CancellationToken cancellationToken)
    {
        var states = await redis.GetManyAsync([.. userIds.Select(id => (RedisKey)OnlineKeys.Viewer(id))], cancellationToken);
        var known = new ListUsersResponse();
        known.UserIds.AddRange(userIds.Where((_, i) => !IsForgotten(states[i])));
        if (known.UserIds.Count > 0) await responseStream.WriteAsync(known, cancellationToken);
    }

    private static bool IsForgotten(byte[]? stored)
    {
        try
        {
            return ViewerState.Decode(stored).IsForgotten;
        }
        catch (InvalidDataException)
        {
            return false; // GetUserFeatures tells what is wrong with it.
        }
    }

    /// <exception cref="RpcException">DATA_LOSS: the state is damaged. FAILED_PRECONDITION: a later version wrote it.</exception>
    private async Task<ViewerState> ReadViewerAsync(string userId, CancellationToken cancellationToken)
    {
        byte[]? stored = null;
        try
        {
            stored = await redis.GetAsync(OnlineKeys.Viewer(users.NameOf(userId)), cancellationToken);
            return ViewerState.Decode(stored);
        }
        catch (InvalidDataException e) when (ViewerState.IsOfLaterLayout(stored))
        {
            throw GrpcErrors.FailedPrecondition("LATER_VERSION", "state", $"the viewer's state is of a later version of this program: {e.Message}");
        }
        catch (InvalidDataException e)
        {
            throw GrpcErrors.DataLoss("viewer", userId, $"the viewer's state is damaged: {e.Message}");
        }
        catch (RedisUnavailableException e) when (e.IsWrongType)
        {
            throw GrpcErrors.DataLoss("viewer", userId, "the viewer's state is damaged: it is no string");
        }
    }

    /// <summary>The sum over the partitions.</summary>
    /// <exception cref="RpcException">DATA_LOSS: a partition's counters are damaged.</exception>
    private async Task<VideoCounters> ReadVideoAsync(string videoId, CancellationToken cancellationToken)
    {
        try
        {
            return VideoCounters.SumOf(await redis.HashGetAllAsync(OnlineKeys.Video(videoId), cancellationToken));
        }
        catch (InvalidDataException e)
        {
            throw GrpcErrors.DataLoss("video", videoId, $"the counters of video '{videoId}' are damaged: {e.Message}");
        }
        catch (RedisUnavailableException e) when (e.IsWrongType)
        {
            throw GrpcErrors.DataLoss("video", videoId, $"the counters of video '{videoId}' are damaged: they are no hash");
        }
    }

    private static Timestamp Time(long unixMs) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(unixMs));
}
