using Google.Rpc;
using Grpc.Core;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using Status = Google.Rpc.Status;

namespace Recommender.Tests.Integration.Ingestion;

public class OutageTests(IngestionFixture fixture) : IClassFixture<IngestionFixture>
{
    private Task<TrackEventResponse> TrackAsync(string id) => fixture.Events.TrackEventAsync(new TrackEventRequest
    {
        Event = new Event { EventId = id, Type = EventType.Like, UserId = "u", VideoId = "v" },
    }).ResponseAsync;

    [Fact]
    public async Task Without_kafka_the_door_says_unavailable_with_a_delay_and_recovers_by_itself()
    {
        await Eventually.SucceedsAsync<TrackEventResponse, RpcException>(() => TrackAsync("before")); // the other test may just have ended its outage
        fixture.Kafka.Broker.SetDown();
        var error = await Assert.ThrowsAsync<RpcException>(() => TrackAsync("during"));
        Assert.Equal(Grpc.Core.StatusCode.Unavailable, error.StatusCode);
        var details = Status.Parser.ParseFrom(error.Trailers.Single(t => t.Key == "grpc-status-details-bin").ValueBytes);
        Assert.True(details.Details[0].Unpack<RetryInfo>().RetryDelay.ToTimeSpan() > TimeSpan.Zero);
        using (var http = new HttpClient())
            await Eventually.TrueAsync(async () => (int)(await http.GetAsync(fixture.Service.HttpAddress + "/readyz")).StatusCode == 503);

        fixture.Kafka.Broker.SetUp();
        await Eventually.SucceedsAsync<TrackEventResponse, RpcException>(() => TrackAsync("after"));
        var ids = LogReader.ReadToEnd(fixture.Kafka.Bootstrap, Topics.Like).Select(r => EventJson.Parse(r.Value).EventId).ToArray();
        Assert.Contains("before", ids);
        Assert.Contains("after", ids);
    }

    [Fact]
    public async Task A_stream_ends_unavailable_after_the_acknowledgements_before_it()
    {
        await Eventually.SucceedsAsync<TrackEventResponse, RpcException>(() => TrackAsync("warm"));
        using var call = fixture.Events.StreamEvents(cancellationToken: TestContext.Current.CancellationToken);
        await call.RequestStream.WriteAsync(new TrackEventRequest { Event = new Event { EventId = "s1", Type = EventType.Like, UserId = "u", VideoId = "v" } });
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal("s1", call.ResponseStream.Current.EventId);
        fixture.Kafka.Broker.SetDown();
        try
        {
            await call.RequestStream.WriteAsync(new TrackEventRequest { Event = new Event { EventId = "s2", Type = EventType.Like, UserId = "u", VideoId = "v" } });
            var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            Assert.Equal(Grpc.Core.StatusCode.Unavailable, error.StatusCode);
        }
        finally
        {
            fixture.Kafka.Broker.SetUp();
        }
    }
}
