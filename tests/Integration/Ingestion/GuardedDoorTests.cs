using System.Text;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Privacy;
using Recommender.Ingestion;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using Status = Google.Rpc.Status;

namespace Recommender.Tests.Integration.Ingestion;

/// <summary>The door with a rate for each viewer, pseudonyms, and a list of what contexts may say.</summary>
public sealed class GuardedDoorTests(IngestionFixture fixture) : IClassFixture<IngestionFixture>, IAsyncLifetime
{
    private static readonly string s_key = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());
    private readonly UserIds _names = new(new PseudonymOptions { Key = s_key, KeyId = "t" });
    private RunningService? _service;

    private V1.IngestionService.IngestionServiceClient Door => new(_service!.Channel);

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync(
        "ingestion", b => b.AddIngestion(), a => a.MapIngestion(),
        $"Kafka:BootstrapServers={fixture.Kafka.Bootstrap}", "Kafka:LogIdentity=test", $"Redis:Endpoints={fixture.Redis.Server.Endpoint}", "Redis:Timeout=00:00:20",
        "Ingestion:ViewerEventsPerSecond=0.01", "Ingestion:ViewerBurst=3", "Ingestion:ContextKeys=country, os", "Ingestion:MaxAge=1.00:00:00",
        $"Pseudonyms:Key={s_key}", "Pseudonyms:KeyId=t");

    public async ValueTask DisposeAsync() => await _service!.DisposeAsync();

    [Fact]
    public async Task A_viewer_who_floods_is_told_to_wait_and_how_long()
    {
        for (var i = 0; i < 3; i++) await Door.TrackEventAsync(new TrackEventRequest { Event = Like("flood", $"{i}") });
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Door.TrackEventAsync(new TrackEventRequest { Event = Like("flood", "3") }));
        Assert.Equal(Grpc.Core.StatusCode.ResourceExhausted, error.StatusCode);
        var details = Status.Parser.ParseFrom(error.Trailers.Single(t => t.Key == "grpc-status-details-bin").ValueBytes);
        Assert.InRange(details.Details[0].Unpack<RetryInfo>().RetryDelay.ToTimeSpan(), TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(100));
        Assert.Equal(3, Read(Topics.Like, "flood").Count);
        await Door.TrackEventAsync(new TrackEventRequest { Event = Like("calm", "0") });
    }

    [Fact]
    public async Task In_batches_and_streams_every_event_has_its_own_answer()
    {
        var request = new TrackEventsRequest { Events = { Enumerable.Range(0, 5).Select(i => Like("batch", $"{i}")), Like("another", "0") } };
        var answer = await Door.TrackEventsAsync(request);
        Assert.Equal(["0", "1", "2", "3", "4", "0"], answer.Results.Select(r => r.EventId));
        Assert.Equal([true, true, true, false, false, true], answer.Results.Select(r => r.RejectedReason.Length == 0));
        Assert.StartsWith("RESOURCE_EXHAUSTED: this viewer sends more than 0.01 events a second; retry in ", answer.Results[3].RejectedReason, StringComparison.Ordinal);

        using var call = Door.StreamEvents(cancellationToken: TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++) await call.RequestStream.WriteAsync(new TrackEventRequest { Event = Like("stream", $"{i}") });
        await call.RequestStream.CompleteAsync();
        var answers = await call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal([true, true, true, false, false], answers.Select(r => r.RejectedReason.Length == 0));
        Assert.Contains("recommender_ingestion_events_total{", (await MetricsAsync()).First(l => l.Contains("outcome=\"limited\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_that_is_written_names_the_viewer()
    {
        await Door.TrackEventAsync(new TrackEventRequest { Event = Like("Ann Smith", "a1") });
        await new PrivacyService.PrivacyServiceClient(_service!.Channel).ForgetUserAsync(new ForgetUserRequest { UserId = "Ann Smith" });

        var record = Assert.Single(Read(Topics.Like, "Ann Smith"));
        Assert.Equal(_names.NameOf("Ann Smith"), EventJson.Parse(record.Value).UserId);
        Assert.DoesNotContain("Ann", Encoding.UTF8.GetString(record.Value!), StringComparison.Ordinal);
        Assert.All(record.Headers, h => Assert.DoesNotContain("Ann", Encoding.UTF8.GetString(h.GetValueBytes()), StringComparison.Ordinal));
        // The wish is written under every name that data may have, that before the first key included.
        Assert.Single(Read(Topics.Erasure, "Ann Smith"));
        Assert.Single(LogReader.ReadToEnd(fixture.Kafka.Bootstrap, Topics.Erasure), r => Encoding.UTF8.GetString(r.Key) == "Ann Smith");
    }

    [Fact]
    public async Task A_context_keeps_what_is_on_the_list_and_the_rest_is_counted()
    {
        var e = Like("ctx", "c1");
        foreach (var (key, value) in new[] { ("country", "NZ"), ("os", "x"), ("email", "ann@example.org"), ("gps", "1,2") }) e.Context.Add(key, value);
        var before = await DroppedAsync();
        await Door.TrackEventAsync(new TrackEventRequest { Event = e });
        Assert.Equal(["country", "os"], EventJson.Parse(Assert.Single(Read(Topics.Like, "ctx")).Value).Context.Keys.Order());
        Assert.Equal(2, await DroppedAsync() - before);
    }

    [Fact]
    public async Task Clocks_that_are_wrong_are_counted_by_direction_and_bounded_both_ways()
    {
        await Door.TrackEventAsync(new TrackEventRequest { Event = Like("clock", "1", TimeSpan.FromMinutes(5)) });
        await Door.TrackEventAsync(new TrackEventRequest { Event = Like("clock", "2", TimeSpan.FromHours(-5)) });
        foreach (var ahead in (TimeSpan[])[TimeSpan.FromMinutes(11), TimeSpan.FromHours(-25)])
        {
            var error = await Assert.ThrowsAsync<RpcException>(async () => await Door.TrackEventAsync(new TrackEventRequest { Event = Like("clock", "3", ahead) }));
            Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, error.StatusCode);
            Assert.StartsWith("event.occurred_at:", error.Status.Detail, StringComparison.Ordinal);
        }
        var lines = await MetricsAsync();
        foreach (var direction in (string[])["ahead", "behind"])
            Assert.Contains(lines, l => l.StartsWith("recommender_ingestion_clock_skew_seconds_count{", StringComparison.Ordinal) && l.Contains($"direction=\"{direction}\"", StringComparison.Ordinal));
    }

    private static Event Like(string user, string id, TimeSpan? ahead = null) => new()
    {
        EventId = id, Type = EventType.Like, UserId = user, VideoId = "v",
        OccurredAt = ahead is { } a ? Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow() + a) : null,
    };

    private List<Hosting.Kafka.TopicRecord> Read(string topic, string user) =>
        [.. LogReader.ReadToEnd(fixture.Kafka.Bootstrap, topic).Where(r => Encoding.UTF8.GetString(r.Key) == _names.NameOf(user))];

    private async Task<string[]> MetricsAsync()
    {
        using var http = new HttpClient();
        return (await http.GetStringAsync(_service!.HttpAddress + "/metrics")).Split('\n');
    }

    private async Task<double> DroppedAsync() => (await MetricsAsync())
        .Where(l => l.StartsWith("recommender_ingestion_context_dropped_total", StringComparison.Ordinal)).Sum(l => double.Parse(l.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
}
