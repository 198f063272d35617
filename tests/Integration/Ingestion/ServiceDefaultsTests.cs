using System.Globalization;
using System.Text.RegularExpressions;
using Grpc.Core;
using Grpc.Health.V1;
using Recommender.Ingestion;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Ingestion;

public class ServiceDefaultsTests(IngestionFixture fixture) : IClassFixture<IngestionFixture>
{
    [Fact]
    public async Task Health_is_told_over_http_and_grpc()
    {
        using var http = new HttpClient();
        Assert.Equal("""{"status":"ok","checks":{"process":"ok"}}""", await http.GetStringAsync(fixture.Service.HttpAddress + "/healthz", TestContext.Current.CancellationToken));
        await Eventually.TrueAsync(async () => (int)(await http.GetAsync(fixture.Service.HttpAddress + "/readyz")).StatusCode == 200);
        var health = new Health.HealthClient(fixture.Service.Channel);
        foreach (var service in (string[])["", "liveness", "recommender.v1.IngestionService", "recommender.v1.CatalogService"])
            await Eventually.TrueAsync(async () => (await health.CheckAsync(new HealthCheckRequest { Service = service })).Status == HealthCheckResponse.Types.ServingStatus.Serving);
    }

    [Fact]
    public async Task Metrics_are_what_promtool_accepts_and_name_no_ids()
    {
        var promtool = Tool.Require("promtool", "prometheus");
        await fixture.Events.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = EventType.Like, UserId = "secret-user", VideoId = "secret-video" } });
        using var http = new HttpClient();
        var page = await http.GetStringAsync(fixture.Service.HttpAddress + "/metrics", TestContext.Current.CancellationToken);
        var (code, output, errors) = await Tool.RunAsync(promtool, ["check", "metrics"], page);
        Assert.True(code == 0, output + errors);
        Assert.Contains("recommender_ingestion_events_total{outcome=\"accepted\",type=\"like\"}", page, StringComparison.Ordinal);
        Assert.Contains("# TYPE http_server_request_duration_seconds histogram", page, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Durations_are_told_in_buckets_that_tell_milliseconds_from_seconds()
    {
        await fixture.Events.TrackEventAsync(new TrackEventRequest { Event = new Event { Type = EventType.Like, UserId = "u", VideoId = "v" } });
        await fixture.Catalog.UpsertVideosAsync(new UpsertVideosRequest { Videos = { new Video { VideoId = "v" } } });
        using var http = new HttpClient();
        var page = await http.GetStringAsync(fixture.Service.HttpAddress + "/metrics", TestContext.Current.CancellationToken);
        var bounds = Regex.Matches(page, "^(?<name>[a-z_]+_seconds)_bucket.*le=\"(?<le>[0-9.]+)\"", RegexOptions.Multiline).ToLookup(
            m => m.Groups["name"].Value, m => double.Parse(m.Groups["le"].Value, CultureInfo.InvariantCulture));
        Assert.Contains("messaging_client_operation_duration_seconds", bounds.Select(b => b.Key));
        Assert.Contains("db_client_operation_duration_seconds", bounds.Select(b => b.Key));
        Assert.All(bounds.Where(b => b.Key.EndsWith("_operation_duration_seconds", StringComparison.Ordinal)), b => Assert.True(b.Count(le => le is > 0 and < 0.25) >= 5, b.Key));
    }

    [Theory]
    [InlineData("Kafka:Partitions=0", "Kafka:Partitions is 0; allowed is 1 to 1024.")]
    [InlineData("Kafka:Partitions=many", "Kafka:Partitions is 'many'; it must be a whole number.")]
    [InlineData("Ingestion:MaxClockSkew=soon", "Ingestion:MaxClockSkew is 'soon'; it must be a time span such as 00:00:05.")]
    [InlineData("Ingestion:MaxWatchTimes=1", "Ingestion:MaxWatchTimes is not a setting; known settings of Ingestion: ContextKeys, LimitedViewers, MaxAge, MaxClockSkew, MaxWatchTime, StreamWindow, ViewerBurst, ViewerEventsPerSecond.")]
    [InlineData("Ingestoin:MaxClockSkew=00:00:05", "Ingestoin is no section of settings; sections are Archive, Auth, Experiments, Features, Feed, Ingestion, Kafka, ObjectStore, OnDemand, Pseudonyms, Redis, Server, Serving, Storage, Training, Viewers and Logging.")]
    [InlineData("Kafka:BootstrapServers=kafka", "Kafka:BootstrapServers is kafka; it must be host:port with a port from 1 to 65535, or several of them separated by commas.")]
    [InlineData("Kafka:BootstrapServers=a:9092,b:99999", "Kafka:BootstrapServers is a:9092,b:99999; it must be host:port with a port from 1 to 65535, or several of them separated by commas.")]
    [InlineData("Redis:Endpoints=redis:0", "Redis:Endpoints is redis:0; it must be host:port with a port from 1 to 65535, or several of them separated by commas.")]
    [InlineData("Kafka:SaslMechanism=PLAIN", "Kafka:SaslMechanism is PLAIN; it needs Kafka:SecurityProtocol sasl_plaintext or sasl_ssl.")]
    [InlineData("Kafka:Settings=nosuch.property=1", "Kafka: no client can be made with SecurityProtocol, SslCaLocation and Settings as they are: No such configuration property: \"nosuch.property\".")]
    [InlineData("Kafka:Settings=socket.timeout.ms=soon", "Kafka: no client can be made with SecurityProtocol, SslCaLocation and Settings as they are: Invalid value for configuration property \"socket.timeout.ms\".")]
    [InlineData("Server:Host=localhost", "Server:Host is localhost; it must be an IP address such as 127.0.0.1 or 0.0.0.0.")]
    public async Task A_wrong_setting_stops_the_start_with_one_sentence(string setting, string sentence)
    {
        var error = await Assert.ThrowsAsync<Hosting.Configuration.OptionsException>(() =>
            RunningService.StartAsync("ingestion", b => b.AddIngestion(), a => a.MapIngestion(), setting));
        Assert.Equal(sentence, error.Message);
    }

    [Fact]
    public async Task Unknown_methods_are_unimplemented()
    {
        var method = new Method<HealthCheckRequest, HealthCheckResponse>(
            MethodType.Unary, "recommender.v1.IngestionService", "Nope",
            Marshallers.Create(r => Google.Protobuf.MessageExtensions.ToByteArray(r), HealthCheckRequest.Parser.ParseFrom),
            Marshallers.Create(r => Google.Protobuf.MessageExtensions.ToByteArray(r), HealthCheckResponse.Parser.ParseFrom));
        var error = await Assert.ThrowsAsync<RpcException>(() =>
            fixture.Service.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, new HealthCheckRequest()).ResponseAsync);
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }
}
