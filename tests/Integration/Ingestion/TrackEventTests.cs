using System.Text;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using Status = Google.Rpc.Status;

namespace Recommender.Tests.Integration.Ingestion;

public class TrackEventTests(IngestionFixture fixture) : IClassFixture<IngestionFixture>
{
    private static Event View(string user, string video = "v1") =>
        new() { Type = EventType.View, UserId = user, VideoId = video, WatchTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(3)) };

    private IEnumerable<Hosting.Kafka.TopicRecord> Read(string topic, string user) =>
        LogReader.ReadToEnd(fixture.Kafka.Bootstrap, topic).Where(r => Encoding.UTF8.GetString(r.Key) == user);

    [Fact]
    public async Task An_acknowledged_event_is_on_its_topic_as_a_cloud_event()
    {
        var response = await fixture.Events.TrackEventAsync(new TrackEventRequest { Event = View("alice") });
        var record = Assert.Single(Read(Topics.View, "alice"));
        var e = EventJson.Parse(record.Value, out var receivedAt);
        Assert.Equal(response.EventId, e.EventId);
        Assert.Equal("v1", e.VideoId);
        Assert.NotNull(e.OccurredAt);
        Assert.NotNull(receivedAt);
        var headers = record.Headers!.ToDictionary(h => h.Key, h => Encoding.UTF8.GetString(h.GetValueBytes()));
        Assert.Equal("1.0", headers["ce_specversion"]);
        Assert.Equal(response.EventId, headers["ce_id"]);
        Assert.Equal(Topics.View, headers["ce_type"]);
        Assert.Equal("/recommender/ingestion", headers["ce_source"]);
        Assert.Equal("application/json", headers["content-type"]);
        Assert.Equal(JsonTime.Format(e.OccurredAt), headers["ce_time"]);
    }

    [Theory]
    [InlineData(EventType.Like, Topics.Like)]
    [InlineData(EventType.Share, Topics.Share)]
    [InlineData(EventType.Skip, Topics.Feedback)]
    [InlineData(EventType.NotInterested, Topics.Feedback)]
    [InlineData(EventType.Unlike, Topics.Feedback)]
    [InlineData(EventType.Follow, Topics.Feedback)]
    [InlineData(EventType.MuteAuthor, Topics.Feedback)]
    [InlineData(EventType.UnmuteAuthor, Topics.Feedback)]
    [InlineData(EventType.FollowAuthor, Topics.Feedback)]
    [InlineData(EventType.UnfollowAuthor, Topics.Feedback)]
    public async Task Each_type_goes_to_its_topic(EventType type, string topic)
    {
        var user = "typed-" + type;
        await fixture.Events.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = type, UserId = user, VideoId = "v", AuthorId = EventTypes.IsOfAuthor(type) ? "a" : "" } });
        Assert.Equal(type, EventJson.Parse(Assert.Single(Read(topic, user)).Value).Type);
    }

    [Fact]
    public async Task A_clients_event_id_is_kept()
    {
        var e = View("bob");
        e.EventId = "mine";
        Assert.Equal("mine", (await fixture.Events.TrackEventAsync(new TrackEventRequest { Event = e })).EventId);
    }

    [Fact]
    public async Task A_bad_event_is_refused_with_the_fields_name_in_the_details()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await fixture.Events.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = EventType.View, UserId = "refused", VideoId = "" } }));
        Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, error.StatusCode);
        var details = Status.Parser.ParseFrom(error.Trailers.Single(t => t.Key == "grpc-status-details-bin").ValueBytes);
        Assert.Equal("event.video_id", details.Details[0].Unpack<BadRequest>().FieldViolations.Single().Field);
        Assert.Empty(Read(Topics.View, "refused"));
    }

    [Fact]
    public async Task In_a_batch_good_events_land_beside_bad_ones()
    {
        var request = new TrackEventsRequest { Events = { View("batch", "a"), View("", "b"), View("batch", "c") } };
        var response = await fixture.Events.TrackEventsAsync(request);
        Assert.Equal([false, true, false], response.Results.Select(r => r.RejectedReason.Length > 0));
        Assert.Contains("user_id", response.Results[1].RejectedReason, StringComparison.Ordinal);
        Assert.Equal(["a", "c"], Read(Topics.View, "batch").Select(r => EventJson.Parse(r.Value).VideoId));
    }

    [Fact]
    public async Task A_batch_of_1001_is_refused_as_a_whole()
    {
        var request = new TrackEventsRequest();
        for (var i = 0; i < 1001; i++) request.Events.Add(View("large"));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await fixture.Events.TrackEventsAsync(request));
        Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, error.StatusCode);
        Assert.StartsWith("events:", error.Status.Detail, StringComparison.Ordinal);
        Assert.Empty(Read(Topics.View, "large"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_acknowledges_in_order_and_refuses_one_by_one(bool together)
    {
        const int Count = 1000; // far more than the window of 64
        var user = $"streamer-{together}";
        using var call = fixture.Events.StreamEvents(cancellationToken: TestContext.Current.CancellationToken);
        if (together) call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                var e = View(i % 10 == 3 ? "" : user, "v" + i);
                e.EventId = "s" + i;
                await call.RequestStream.WriteAsync(new TrackEventRequest { Event = e });
            }
            await call.RequestStream.CompleteAsync();
        }, TestContext.Current.CancellationToken);
        var next = 0;
        await foreach (var response in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal("s" + next, response.EventId);
            Assert.Equal(next % 10 == 3, response.RejectedReason.Length > 0);
            next++;
        }
        await sending;
        Assert.Equal(Count, next);
        Assert.Equal(
            Enumerable.Range(0, Count).Where(i => i % 10 != 3).Select(i => "v" + i), Read(Topics.View, user).Select(r => EventJson.Parse(r.Value).VideoId));
    }

    [Fact]
    public async Task A_stream_without_an_event_in_a_request_goes_on()
    {
        using var call = fixture.Events.StreamEvents(cancellationToken: TestContext.Current.CancellationToken);
        await call.RequestStream.WriteAsync(new TrackEventRequest());
        await call.RequestStream.WriteAsync(new TrackEventRequest { Event = View("after-empty") });
        await call.RequestStream.CompleteAsync();
        var responses = await call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal([true, false], responses.Select(r => r.RejectedReason.Length > 0));
    }
}
