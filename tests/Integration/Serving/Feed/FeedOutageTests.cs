using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Recommender.Ingestion;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving.Feed;

public sealed class FeedOutageTests(FeedFixture feed) : IClassFixture<FeedFixture>
{
    [Fact]
    public async Task While_Kafka_is_away_events_are_to_be_sent_again_and_videos_go_on()
    {
        using var session = await FeedSession.OpenAsync(feed.Replica, "patient", ahead: 4);
        await session.VideosAsync();
        feed.Serving.Kafka.Broker.SetDown();
        var missed = await session.TellAsync(EventType.Like, "b03", e => e.EventId = "again");
        Assert.Equal(("again", ""), (missed.EventId, missed.RejectedReason));
        Assert.True(missed.RetryAfter?.ToTimeSpan() > TimeSpan.Zero);
        await session.BufferAsync(0);
        var next = await session.VideosAsync();
        Assert.Equal(("realtime", 4), (next.Tier, next.Videos.Count)); // it happened, durable or not
        Assert.DoesNotContain("b03", next.Ids());
        feed.Serving.Kafka.Broker.SetUp();
        await Eventually.TrueAsync(async () => (await session.TellAsync(EventType.Like, "b03", e => e.EventId = "again")).RetryAfter is null, "the event is taken");
        Assert.Contains(feed.EventsOf("patient"), e => e.EventId == "again");

        await feed.Serving.Redis.Server.KillAsync();
        await session.BufferAsync(0);
        var degraded = await session.VideosAsync();
        Assert.NotEqual(Degradation.None, degraded.Degradation);
        Assert.Equal("realtime", degraded.Tier); // the stream knows what the viewer did
        Assert.Equal(session.Given.Count, session.Given.Distinct().Count());
    }

    [Fact]
    public async Task Who_sends_too_many_is_told_when_to_send_again()
    {
        await using var ingestion = await RunningService.StartAsync(
            "ingestion", b => b.AddIngestion(), a => a.MapIngestion(), $"Kafka:BootstrapServers={feed.Serving.Kafka.Bootstrap}",
            $"Redis:Endpoints={feed.Serving.Redis.Server.Endpoint}", "Redis:Timeout=00:00:20", "Ingestion:ViewerEventsPerSecond=0.01", "Ingestion:ViewerBurst=1");
        await using var replica = await feed.Serving.StartAsync($"Feed:IngestionAddress={ingestion.GrpcAddress}", "Feed:EventTimeout=00:00:20", "Feed:Patience=00:00:20");
        await HasModelAsync(replica);
        using var session = await FeedSession.OpenAsync(replica, "hasty", ahead: 4);
        await session.VideosAsync();
        var first = await session.TellAsync(EventType.Like, "b03");
        Assert.Equal(("", null), (first.RejectedReason, first.RetryAfter));
        var second = await session.TellAsync(EventType.Like, "b05");
        Assert.Equal("", second.RejectedReason);
        Assert.InRange(second.RetryAfter.ToTimeSpan(), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(100));
        Assert.Equal(["b03"], feed.EventsOf("hasty").Select(e => e.VideoId));
    }

    [Fact]
    public async Task Without_ingestion_a_stream_gives_videos_and_says_that_events_are_not_taken()
    {
        await using var replica = await feed.Serving.StartAsync("Feed:Patience=00:00:20");
        await HasModelAsync(replica);
        using var session = await FeedSession.OpenAsync(replica, "lonely", ahead: 4);
        await session.VideosAsync();
        Assert.NotNull((await session.TellAsync(EventType.Like, "b03")).RetryAfter);
        await session.BufferAsync(0);
        Assert.Equal("realtime", (await session.VideosAsync()).Tier);
    }

    [Fact]
    public async Task While_ingestion_hangs_each_event_is_to_be_sent_again_and_the_stream_goes_on()
    {
        await using var ingestion = await RunningService.StartAsync("hanging", b => b.Services.AddSingleton<HangingIngestion>(), a => a.MapGrpcService<HangingIngestion>());
        await using var replica = await feed.Serving.StartAsync($"Feed:IngestionAddress={ingestion.GrpcAddress}", "Feed:EventTimeout=00:00:00.100", "Feed:Patience=00:00:20");
        await HasModelAsync(replica);
        using var session = await FeedSession.OpenAsync(replica, "waiting", ahead: 4);
        await session.VideosAsync();
        for (var i = 0; i < 40; i++) Assert.NotNull((await session.TellAsync(EventType.Like, "b03")).RetryAfter);
        // Most were not even tried, so that the stream need not wait each time.
        Assert.InRange(ingestion.App.Services.GetRequiredService<HangingIngestion>().Calls, 2, 39);
        await session.BufferAsync(0);
        Assert.Equal("realtime", (await session.VideosAsync()).Tier);
    }

    /// <summary>Without a model a stream may begin with less than is wanted ahead, and is filled between acknowledgements.</summary>
    private static Task HasModelAsync(RunningService replica)
    {
        var client = new RecommendationService.RecommendationServiceClient(replica.Channel);
        return Eventually.TrueAsync(async () => (await client.RecommendAsync(new RecommendRequest { UserId = "somebody", Preview = true })).ModelVersion.Length > 0, "a model answers");
    }

    /// <summary>Takes calls and never answers.</summary>
    private sealed class HangingIngestion : IngestionService.IngestionServiceBase
    {
        private int _calls;

        public int Calls => _calls;

        public override async Task<TrackEventResponse> TrackEvent(TrackEventRequest request, ServerCallContext context)
        {
            Interlocked.Increment(ref _calls);
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new TrackEventResponse();
        }
    }
}
