using System.Text.Json;
using Confluent.Kafka;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Standalone.Cli;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using ProtoTimestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Recommender.Tests.Integration.Standalone;

/// <summary><c>experiments report --kafka</c>: the report from the topics themselves.</summary>
public sealed class ExperimentTopicsTests : IDisposable
{
    private static readonly DateTimeOffset s_at = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private readonly EmbeddedKafkaFixture _kafka = new();

    public ExperimentTopicsTests() => _kafka.CreateProductTopics();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task Arms_are_compared_by_what_the_topics_hold_without_forgotten_viewers_and_garbage()
    {
        using (var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = _kafka.Bootstrap }).Build())
        {
            for (var viewer = 0; viewer < 40; viewer++)
            {
                var (user, request) = ($"u{viewer}", $"r{viewer}");
                var shown = new Impression(request, user, "v", 0, "realtime", 1, 1, "m", viewer < 20 ? "order=control" : "order=diverse", "for_you", "none", s_at);
                await SendAsync(Topics.Impression, user, JsonSerializer.SerializeToUtf8Bytes(shown, RecordJson.Default.Impression));
                await DidAsync(EventType.View, user, request);
                if (viewer >= 20) await DidAsync(EventType.Like, user, request);
            }
            await SendAsync(Topics.Impression, "u1", "garbage"u8.ToArray());
            await SendAsync(Topics.Like, "u1", """{"type":"like","request_id":"r1","user_id":7}"""u8.ToArray());
            await SendAsync(Topics.Erasure, "u39", JsonSerializer.SerializeToUtf8Bytes(new Contracts.Json.Erasure("e", "u39", s_at.AddHours(1)), RecordJson.Default.Erasure));

            Task SendAsync(string topic, string key, byte[] value) =>
                producer.ProduceAsync(topic, new Message<string, byte[]> { Key = key, Value = value }, TestContext.Current.CancellationToken);

            Task DidAsync(EventType type, string user, string request) => SendAsync(Topics.Of(type), user, EventJson.Serialize(new Event
            {
                EventId = $"{type}/{user}", Type = type, UserId = user, VideoId = "v", RequestId = request, OccurredAt = ProtoTimestamp.FromDateTimeOffset(s_at.AddMinutes(1)),
                WatchTime = type == EventType.View ? Duration.FromTimeSpan(TimeSpan.FromSeconds(3)) : null,
            }));
        }

        var (code, output, error) = await RunAsync("--kafka", _kafka.Bootstrap, "--json");
        Assert.True(code == 0, error);
        var report = JsonDocument.Parse(output).RootElement;
        Assert.Equal("order", report.GetProperty("layer").GetString());
        var arms = report.GetProperty("arms");
        Assert.Equal((20, 19), (arms.GetProperty("control").GetProperty("viewers").GetInt32(), arms.GetProperty("diverse").GetProperty("viewers").GetInt32()));
        Assert.Equal((0, 1), (RateOf("control", "likes"), RateOf("diverse", "likes")));
        Assert.Equal((3, 3), (RateOf("control", "watch_seconds"), RateOf("diverse", "watch_seconds")));
        Assert.Contains("2 records are no impressions or events", error, StringComparison.Ordinal);

        double RateOf(string arm, string rate) => arms.GetProperty(arm).GetProperty("rates").GetProperty(rate).GetProperty("value").GetDouble();
    }

    [Fact]
    public async Task Topics_without_an_experiment_and_a_broker_that_is_not_there_are_told()
    {
        var (code, _, error) = await RunAsync("--kafka", _kafka.Bootstrap);
        Assert.Equal(1, code);
        Assert.Contains($"No impression in the topics at {_kafka.Bootstrap} belongs to an experiment.", error, StringComparison.Ordinal);
        (code, _, error) = await RunAsync("--kafka", "127.0.0.1:1");
        Assert.Equal(1, code);
        Assert.Contains("No Kafka broker answers", error, StringComparison.Ordinal);
        (code, _, error) = await RunAsync("--kafka", _kafka.Bootstrap, "--archive", "data/archive");
        Assert.Equal(2, code);
        Assert.Contains("exclude each other", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(["experiments", "report", .. arguments], output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
