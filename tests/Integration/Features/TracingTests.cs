using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Telemetry;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Features;

public sealed class TracingTests : IAsyncLifetime
{
    private readonly FeaturesFixture _fixture = new();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task The_span_of_a_batch_is_linked_to_the_calls_that_its_records_came_from()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RecommenderTelemetry.Name,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var service = await _fixture.StartAsync();
        var trace = ActivityTraceId.CreateRandom();
        Headers headers = [new Header(CloudEventHeaders.TraceParent, Encoding.ASCII.GetBytes($"00-{trace}-{ActivitySpanId.CreateRandom()}-01"))];
        var value = EventJson.Serialize(FeaturesFixture.Event("t", EventType.Like, "tom", "v"));
        await _fixture.WriteAsync(new KafkaRecord(Topics.Like, "tom"u8.ToArray(), value, headers));
        await Eventually.TrueAsync(() => ended.Any(a => a.Kind == ActivityKind.Consumer && a.Links.Any(l => l.Context.TraceId == trace)));
    }
}
