using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Recommender.Hosting.Kafka;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Ingestion;

/// <summary>A slow Kafka slows streams; one that is too slow ends them, with a delay to come back after.</summary>
public sealed class BackpressureTests : IAsyncLifetime
{
    private const int Window = 64; // of the fixture
    private readonly IngestionFixture _fixture = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_slow_kafka_slows_the_stream_and_the_door_holds_no_more_than_the_window()
    {
        const int Count = 20 * Window;
        await TrackAsync("warm");
        _fixture.Kafka.Broker.SetSlow(TimeSpan.FromMilliseconds(100));
        var producer = (RecordProducer)_fixture.Service.App.Services.GetRequiredService<IRecordProducer>();
        using var call = _fixture.Events.StreamEvents(cancellationToken: Cancelled);
        var sending = SendAsync(call, Count);

        var most = 0;
        for (var acknowledged = 0; acknowledged < Count; acknowledged++)
        {
            Assert.True(await call.ResponseStream.MoveNext(Cancelled));
            Assert.Equal($"s{acknowledged}", call.ResponseStream.Current.EventId);
            most = Math.Max(most, producer.InFlight);
        }
        await sending;

        // One more is in the hands of the side that takes, one in those of the side that acknowledges.
        Assert.InRange(most, 1, Window + 2);
    }

    [Fact]
    public async Task A_kafka_that_is_too_slow_ends_the_stream_as_unavailable_and_the_door_recovers()
    {
        await TrackAsync("warm");
        using var call = _fixture.Events.StreamEvents(cancellationToken: Cancelled);
        _fixture.Kafka.Broker.SetSlow(TimeSpan.FromMinutes(1));
        try
        {
            await SendAsync(call, 1);
            var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancelled));
            Assert.Equal(StatusCode.Unavailable, error.StatusCode);
            Assert.Contains(error.Trailers, t => t.Key == "grpc-status-details-bin");
        }
        finally
        {
            _fixture.Kafka.Broker.SetSlow(TimeSpan.Zero);
        }
        await Eventually.SucceedsAsync<TrackEventResponse, RpcException>(() => TrackAsync("after"));
    }

    private static TrackEventRequest Request(string id) => new() { Event = new Event { EventId = id, Type = EventType.Like, UserId = id, VideoId = "v" } };

    private Task<TrackEventResponse> TrackAsync(string id) => _fixture.Events.TrackEventAsync(Request(id), cancellationToken: Cancelled).ResponseAsync;

    private static async Task SendAsync(AsyncDuplexStreamingCall<TrackEventRequest, TrackEventResponse> call, int count)
    {
        for (var i = 0; i < count; i++) await call.RequestStream.WriteAsync(Request($"s{i}"));
        await call.RequestStream.CompleteAsync();
    }
}
