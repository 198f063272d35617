using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Recommender.Hosting.Kafka;
using Recommender.Ingestion;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Doors;

/// <summary>Every call is in the metrics with its end, whatever kind it is.</summary>
public sealed class CallMetricsTests(EmbeddedKafkaFixture kafka) : IClassFixture<EmbeddedKafkaFixture>
{
    private const string Metric = "rpc_server_call_duration_seconds_count";

    [Fact]
    public async Task Calls_are_counted_by_method_and_status()
    {
        kafka.CreateProductTopics();
        await using var service = await RunningService.StartAsync(
            "test",
            b =>
            {
                b.Services.AddSingleton<IProducePacer>(new Halting());
                b.AddIngestion();
            },
            a => a.MapIngestion(), $"Kafka:BootstrapServers={kafka.Bootstrap}");
        var events = new IngestionService.IngestionServiceClient(service.Channel);
        await Assert.ThrowsAsync<RpcException>(async () => await events.TrackEventAsync(new TrackEventRequest { Event = new Event() }));
        var health = new Health.HealthClient(service.Channel);
        await health.CheckAsync(new HealthCheckRequest { Service = "liveness" });
        using (var watch = health.Watch(new HealthCheckRequest { Service = "liveness" }))
            Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        await Eventually.TrueAsync(async () =>
        {
            // The record has no room, and the caller does not wait until the door says so. On a machine that stands still the call may end before it was sent.
            var impatient = await Assert.ThrowsAsync<RpcException>(async () => await events.TrackEventAsync(
                new TrackEventRequest { Event = new Event { Type = EventType.Like, UserId = "u", VideoId = "v" } }, deadline: DateTime.UtcNow.AddMilliseconds(500)));
            Assert.Equal(StatusCode.DeadlineExceeded, impatient.StatusCode);
            using var http = new HttpClient();
            var lines = (await http.GetStringAsync(new Uri(service.HttpAddress + "/metrics"))).Split('\n').Where(l => l.StartsWith(Metric, StringComparison.Ordinal)).ToArray();
            return Has(lines, "recommender.v1.IngestionService/TrackEvent", "INVALID_ARGUMENT")
                && Has(lines, "recommender.v1.IngestionService/TrackEvent", "DEADLINE_EXCEEDED")
                && Has(lines, "grpc.health.v1.Health/Check", "OK") && Has(lines, "grpc.health.v1.Health/Watch", "CANCELLED");
        }, "the four calls are counted");
    }

    private static bool Has(string[] lines, string method, string status) => lines.Any(l =>
        l.Contains($"rpc_method=\"{method}\"", StringComparison.Ordinal) && l.Contains($"rpc_response_status_code=\"{status}\"", StringComparison.Ordinal));

    /// <summary>Never has room for a record.</summary>
    private sealed class Halting : IProducePacer
    {
        public async ValueTask<bool> WaitAsync(string topic, byte[] key, int bytes, TimeSpan timeout, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return false;
        }

        public void OnDelivered(RecordPosition position, int bytes)
        {
        }

        public void OnFailed(string topic, byte[] key, int bytes)
        {
        }

        public void OnAbsorbed(string topic, int partition, long nextOffset)
        {
        }

        public ValueTask WhenSettledAsync(string topic, int partition, long nextOffset, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
