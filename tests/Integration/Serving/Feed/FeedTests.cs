using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving.Feed;

public sealed class FeedTests(FeedFixture feed) : IClassFixture<FeedFixture>
{
    [Fact]
    public async Task What_the_app_tells_is_durable_and_changes_the_next_videos_of_the_stream()
    {
        using var session = await FeedSession.OpenAsync(feed.Replica, "fresh", ahead: 10);
        var first = await session.VideosAsync();
        Assert.Equal((10, "trending"), (first.Videos.Count, first.Tier)); // nothing is known of this viewer
        var liked = await session.TellAsync(EventType.Like, "b07", e => e.RequestId = first.RequestId);
        Assert.Equal(("", null), (liked.RejectedReason, liked.RetryAfter));
        await session.TellAsync(EventType.View, "b09", e => e.WatchTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(20)));
        // Durable already: acknowledged means that.
        Assert.Equal(["b07", "b09"], feed.EventsOf("fresh").Select(e => e.VideoId).Order(StringComparer.Ordinal));
        Assert.Contains(feed.EventsOf("fresh"), e => e.EventId == liked.EventId && e.RequestId == first.RequestId);
        await session.BufferAsync(0);
        var next = await session.VideosAsync();
        Assert.Equal("realtime", next.Tier);
        Assert.True(next.OfTaste('b') >= 8, string.Join(' ', next.Ids()));
        Assert.DoesNotContain("b07", next.Ids());
        Assert.DoesNotContain("b09", next.Ids());
        await session.CompleteAsync();
        Assert.Null(await session.NextAsync());
    }

    [Fact]
    public async Task Videos_come_as_they_are_used_up_and_none_comes_twice()
    {
        using var session = await FeedSession.OpenAsync(feed.Replica, "watcher", ahead: 6);
        await session.VideosAsync();
        for (var round = 0; round < 8; round++)
        {
            var ahead = session.Given.TakeLast(6).ToArray();
            await session.TellAsync(EventType.View, ahead[0]);
            await session.TellAsync(EventType.Like, ahead[0]); // one video is used up once
            await session.TellAsync(EventType.Skip, ahead[1]);
            await session.TellAsync(EventType.NotInterested, ahead[2]);
            // Half of what it wants ahead is used up: the acknowledgement is followed by more.
            Assert.Equal(3, (await session.VideosAsync()).Videos.Count);
        }
        Assert.Equal(6 + (8 * 3), session.Given.Count);
        Assert.Equal(session.Given.Count, session.Given.Distinct().Count());
    }

    [Fact]
    public async Task An_author_who_is_muted_in_the_stream_is_gone_from_its_next_videos_before_anybody_absorbed_the_event()
    {
        string[] loud = ["a30", "a31", "a32"]; // not among the most popular, so not among the first
        await feed.Serving.WriteCatalogAsync([.. loud.Select(id => (id, (Video?)new Video { VideoId = id, AuthorId = "feed-loud" }))]);
        await Eventually.TrueAsync(async () =>
        {
            var client = new RecommendationService.RecommendationServiceClient(feed.Replica.Channel);
            return !(await client.RecommendAsync(new RecommendRequest { UserId = "x", Count = 200, MutedAuthorIds = { "feed-loud" } })).Ids().Intersect(loud).Any();
        });
        using var session = await FeedSession.OpenAsync(feed.Replica, "muter", ahead: 45);
        await session.VideosAsync();
        Assert.Contains("author_id", (await session.TellAsync(EventType.MuteAuthor, "")).RejectedReason, StringComparison.Ordinal);
        var told = await session.TellAsync(EventType.MuteAuthor, "", e => e.AuthorId = "feed-loud");
        Assert.Equal(("", null), (told.RejectedReason, told.RetryAfter));
        await session.BufferAsync(0);
        var next = (await session.VideosAsync()).Ids();
        Assert.Equal(45, next.Length);
        Assert.Empty(next.Intersect(loud));
        await session.TellAsync(EventType.UnmuteAuthor, "", e => e.AuthorId = "feed-loud");
        await session.BufferAsync(0);
        Assert.Equal(loud, (await session.VideosAsync()).Ids().Intersect(loud).Order());
    }

    [Fact]
    public async Task An_author_who_is_followed_in_the_stream_is_in_its_next_videos_before_anybody_absorbed_the_event()
    {
        string[] dear = ["a33", "a34"]; // not among the most popular, so not among the first
        await feed.Serving.WriteCatalogAsync([.. dear.Select(id => (id, (Video?)new Video { VideoId = id, AuthorId = "feed-dear" }))]);
        var client = new RecommendationService.RecommendationServiceClient(feed.Replica.Channel);
        await Eventually.TrueAsync(async () =>
            !(await client.RecommendAsync(new RecommendRequest { UserId = "x", Count = 200, MutedAuthorIds = { "feed-dear" } })).Ids().Intersect(dear).Any(), "the catalog is known");
        using var session = await FeedSession.OpenAsync(feed.Replica, "fan", ahead: 10);
        Assert.Empty((await session.VideosAsync()).Ids().Intersect(dear));
        Assert.Contains("author_id", (await session.TellAsync(EventType.FollowAuthor, "")).RejectedReason, StringComparison.Ordinal);
        var told = await session.TellAsync(EventType.FollowAuthor, "", e => e.AuthorId = "feed-dear");
        Assert.Equal(("", null), (told.RejectedReason, told.RetryAfter));
        await session.BufferAsync(0);
        Assert.Equal(dear, (await session.VideosAsync()).Ids().Intersect(dear).Order());
    }

    [Fact]
    public async Task A_stream_gives_everything_once_and_says_when_there_is_no_more()
    {
        using var session = await FeedSession.OpenAsync(feed.Replica, "binge", ahead: 50);
        for (var left = 100; left > 0; left -= 50)
        {
            Assert.Equal(50, (await session.VideosAsync()).Videos.Count);
            await session.BufferAsync(0);
        }
        Assert.Empty((await session.VideosAsync()).Videos);
        Assert.Equal(100, session.Given.Distinct().Count());
    }

    [Fact]
    public async Task A_wrong_event_is_told_so_and_the_stream_goes_on_without_it()
    {
        using var session = await FeedSession.OpenAsync(feed.Replica, "slips", ahead: 4);
        var given = (await session.VideosAsync()).Ids();
        Assert.Contains("video_id", (await session.TellAsync(EventType.Like, "")).RejectedReason, StringComparison.Ordinal);
        Assert.Contains("event.type", (await session.TellAsync(EventType.Unspecified, "b01")).RejectedReason, StringComparison.Ordinal);
        Assert.Contains("occurred_at", (await session.TellAsync(EventType.Like, "b01", e => e.OccurredAt = new Timestamp { Seconds = 1, Nanos = -5 })).RejectedReason, StringComparison.Ordinal);
        Assert.Contains("event.user_id", (await session.TellAsync(EventType.Like, "b01", e => e.UserId = "another")).RejectedReason, StringComparison.Ordinal);
        var good = await session.TellAsync(EventType.Like, given[0], e => (e.EventId, e.UserId) = ("my-own", "slips"));
        Assert.Equal(("my-own", ""), (good.EventId, good.RejectedReason));
        Assert.Equal("my-own", Assert.Single(feed.EventsOf("slips")).EventId);
    }

    [Fact]
    public async Task A_wrong_message_ends_the_stream_with_the_name_of_the_field()
    {
        await FailsAsync("start", new FeedRequest { Buffer = new FeedBuffer() });
        await FailsAsync("start.request", new FeedRequest { Start = new FeedStart() });
        await FailsAsync("start.request.user_id", new FeedRequest { Start = new FeedStart { Request = new RecommendRequest() } });
        await FailsAsync("start.ahead", new FeedRequest { Start = new FeedStart { Request = new RecommendRequest { UserId = "u" }, Ahead = 51 } });
        var start = new FeedRequest { Start = new FeedStart { Request = new RecommendRequest { UserId = "u" } } };
        await FailsAsync("start", start, start);
        await FailsAsync("kind", start, new FeedRequest());
        await FailsAsync("buffer.videos", start, new FeedRequest { Buffer = new FeedBuffer { Videos = -1 } });

        async Task FailsAsync(string field, params FeedRequest[] messages)
        {
            using var session = FeedSession.Open(feed.Replica);
            foreach (var message in messages) await session.WriteAsync(message);
            var refused = await Assert.ThrowsAsync<RpcException>(async () =>
            {
                while (await session.NextAsync() is not null) { }
            });
            Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
            Assert.StartsWith(field + ":", refused.Status.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Streams_are_limited_and_abandoned_ones_make_room()
    {
        await using var replica = await feed.Serving.StartAsync([.. feed.Way, "Feed:StreamsPerCaller=2"]);
        using var first = await FeedSession.OpenAsync(replica, "one");
        await first.VideosAsync();
        var abandoned = await FeedSession.OpenAsync(replica, "two");
        await abandoned.VideosAsync();
        using var third = await FeedSession.OpenAsync(replica, "three");
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(third.NextAsync)).StatusCode);
        abandoned.Dispose(); // without a word
        await Eventually.TrueAsync(async () =>
        {
            using var again = await FeedSession.OpenAsync(replica, "three");
            try
            {
                return (await again.NextAsync())?.Videos.Videos.Count > 0;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
            {
                return false;
            }
        }, "an abandoned stream makes room");
    }

    [Fact]
    public async Task A_stream_that_is_silent_for_too_long_ends_plainly()
    {
        await using var replica = await feed.Serving.StartAsync([.. feed.Way, "Feed:IdleTimeout=00:00:05"]);
        using var session = await FeedSession.OpenAsync(replica, "silent");
        await session.VideosAsync();
        Assert.Null(await session.NextAsync());
    }

    [Fact]
    public async Task A_replica_that_stops_tells_its_streams_to_come_back()
    {
        var replica = await feed.Serving.StartAsync(feed.Way);
        using var session = await FeedSession.OpenAsync(replica, "moving");
        await session.VideosAsync();
        var stopping = replica.App.StopAsync(CancellationToken.None);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(session.NextAsync)).StatusCode);
        await stopping;
        await replica.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_that_has_brought_its_share_ends()
    {
        await using var replica = await feed.Serving.StartAsync([.. feed.Way, "Feed:MaxVideos=10"]);
        using var session = await FeedSession.OpenAsync(replica, "long", ahead: 6);
        await session.VideosAsync();
        await session.BufferAsync(0);
        Assert.Equal(4, (await session.VideosAsync()).Videos.Count);
        Assert.Null(await session.NextAsync());
    }
}
