using Grpc.Core;
using Grpc.Health.V1;
using Recommender.Ingestion;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Doors;

/// <summary>Every call is in the metrics with its end, whatever kind it is.</summary>
public class CallMetricsTests
{
    private const string Metric = "rpc_server_call_duration_seconds_count";

    [Fact]
    public async Task Calls_are_counted_by_method_and_status()
    {
        await using var service = await RunningService.StartAsync("test", b => b.AddIngestion(), a => a.MapIngestion(), "Kafka:BootstrapServers=127.0.0.1:1");
        var events = new IngestionService.IngestionServiceClient(service.Channel);
        await Assert.ThrowsAsync<RpcException>(async () => await events.TrackEventAsync(new TrackEventRequest { Event = new Event() }));
        // Kafka is away, and the caller does not wait until the door says so.
        var impatient = await Assert.ThrowsAsync<RpcException>(async () => await events.TrackEventAsync(
            new TrackEventRequest { Event = new Event { Type = EventType.Like, UserId = "u", VideoId = "v" } }, deadline: DateTime.UtcNow.AddMilliseconds(500)));
        Assert.Equal(StatusCode.DeadlineExceeded, impatient.StatusCode);
        var health = new Health.HealthClient(service.Channel);
        await health.CheckAsync(new HealthCheckRequest { Service = "liveness" });
        using (var watch = health.Watch(new HealthCheckRequest { Service = "liveness" }))
            Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        await Eventually.TrueAsync(async () =>
        {
            using var http = new HttpClient();
            var lines = (await http.GetStringAsync(new Uri(service.HttpAddress + "/metrics"))).Split('\n').Where(l => l.StartsWith(Metric, StringComparison.Ordinal)).ToArray();
            return Has(lines, "recommender.v1.IngestionService/TrackEvent", "INVALID_ARGUMENT")
                && Has(lines, "recommender.v1.IngestionService/TrackEvent", "DEADLINE_EXCEEDED")
                && Has(lines, "grpc.health.v1.Health/Check", "OK") && Has(lines, "grpc.health.v1.Health/Watch", "CANCELLED");
        }, "the four calls are counted");
    }

    private static bool Has(string[] lines, string method, string status) => lines.Any(l =>
        l.Contains($"rpc_method=\"{method}\"", StringComparison.Ordinal) && l.Contains($"rpc_response_status_code=\"{status}\"", StringComparison.Ordinal));
}
