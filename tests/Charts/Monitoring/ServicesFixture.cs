using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Grpc.Core;
using Recommender.Features;
using Recommender.Hosting.Telemetry;
using Recommender.Ingestion;
using Recommender.Serving;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using Recommender.Training;
using Recommender.V1;

namespace Recommender.Tests.Charts.Monitoring;

/// <summary>The four services at work with a broker and a Redis, and what they then expose at <c>/metrics</c>.</summary>
public sealed partial class ServicesFixture : IAsyncLifetime
{
    private readonly TempDirectory _folder = new();
    private readonly EmbeddedKafkaFixture _kafka = new();
    private readonly RedisFixture _redis = new();
    private readonly List<RunningService> _services = [];

    /// <summary>Exposed series by name, with all their labels. Counters of trouble that did not happen have no labels here.</summary>
    public Dictionary<string, HashSet<string>> Metrics { get; } = [];

    public async ValueTask InitializeAsync()
    {
        _kafka.CreateProductTopics(2);
        await _redis.InitializeAsync();
        new TestArchive(Path.Combine(_folder.Path, "archive")).AddEvents(TestEvents.Tastes(60, 40));
        var ingestion = await StartAsync("ingestion", b => b.AddIngestion(), a => a.MapIngestion());
        var training = await StartAsync("training", b => b.AddTraining(), a => a.MapTraining(), $"Storage:ArchivePath={_folder.Path}/archive", $"Storage:ModelsPath={_folder.Path}/models");
        var serving = await StartAsync("serving", b => b.AddServing(), a => a.MapServing(), $"Storage:ModelsPath={_folder.Path}/models");
        // The last one: what it says once, at its beginning, is heard by those that listen already.
        await StartAsync("features", b => b.AddFeatures(), a => a.MapFeatures(), $"Storage:ArchivePath={_folder.Path}/own-archive", "Archive:FlushInterval=00:00:00.200");

        var door = new IngestionService.IngestionServiceClient(ingestion.Channel);
        await Eventually.SucceedsAsync<TrackEventResponse, RpcException>(async () => await door.TrackEventAsync(
            new TrackEventRequest { Event = new Event { Type = EventType.Like, UserId = "u1", VideoId = "v1" } }));
        await new TrainingService.TrainingServiceClient(training.Channel).StartTrainingRunAsync(new StartTrainingRunRequest { Trainer = "ials", PromoteIfBetter = true });
        var recommendations = new RecommendationService.RecommendationServiceClient(serving.Channel);
        await Eventually.TrueAsync(async () =>
        {
            await recommendations.RecommendAsync(new RecommendRequest { UserId = "u1", Count = 5 });
            using var http = new HttpClient();
            Read(await http.GetStringAsync(new Uri(serving.HttpAddress + "/metrics")));
            return Metrics.ContainsKey("recommender_features_visible_delay_seconds_bucket") && Metrics.ContainsKey("recommender_serving_model_info")
                && Metrics.ContainsKey("recommender_serving_videos_total") && Metrics.ContainsKey("recommender_features_archive_rows_total")
                && Metrics.ContainsKey("recommender_model_quality") && Metrics.ContainsKey("recommender_training_last_success_timestamp_seconds") && Metrics.ContainsKey("recommender_features_lag");
        }, "every service has measured something");
        AddDefined();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services) await service.DisposeAsync();
        await _redis.DisposeAsync();
        _kafka.Dispose();
        _folder.Dispose();
    }

    private async Task<RunningService> StartAsync(
        string name, Action<Microsoft.AspNetCore.Builder.WebApplicationBuilder> add, Action<Microsoft.AspNetCore.Builder.WebApplication> map, params string[] settings)
    {
        var service = await RunningService.StartAsync(
            name, add, map,
            [$"Kafka:BootstrapServers={_kafka.Bootstrap}", "Kafka:Partitions=2", "Kafka:LogIdentity=charts", $"Redis:Endpoints={_redis.Server.Endpoint}", "Redis:Timeout=00:00:05", .. settings]);
        _services.Add(service);
        return service;
    }

    private void Read(string page)
    {
        foreach (Match line in Sample().Matches(page))
        {
            if (!Metrics.TryGetValue(line.Groups["name"].Value, out var labels)) Metrics[line.Groups["name"].Value] = labels = [];
            foreach (Match label in Label().Matches(line.Groups["labels"].Value)) labels.Add(label.Groups["name"].Value);
        }
    }

    /// <summary>Counters of the product that have not counted yet.</summary>
    private void AddDefined()
    {
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == RecommenderTelemetry.Name && instrument is Counter<long>)
                Metrics.TryAdd(instrument.Name.Replace('.', '_') + "_total", []);
        };
        listener.Start();
    }

    [GeneratedRegex(@"^(?<name>[a-zA-Z_]\w*)(\{(?<labels>.*)\})? \S+$", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("(?<name>\\w+)=\"")]
    private static partial Regex Label();
}
