using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using Recommender.Serving;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using StackExchange.Redis;

namespace Recommender.Tests.Integration.Serving;

/// <summary>The serving service with a broker, a Redis and a model store of its own; model <see cref="FirstVersion"/> is live.</summary>
public sealed class ServingFixture : IAsyncLifetime
{
    public const string FirstVersion = "20261122T080000Z-0001";

    private readonly TempDirectory _models = new();
    private RecordProducer? _producer;
    private KafkaHealth? _health;

    public EmbeddedKafkaFixture Kafka { get; } = new();

    public RedisFixture Redis { get; } = new();

    public ModelStore Store { get; private set; } = null!;

    public RunningService Service { get; private set; } = null!;

    public RecommendationService.RecommendationServiceClient Client => new(Service.Channel);

    public async ValueTask InitializeAsync()
    {
        Kafka.CreateProductTopics();
        await Redis.InitializeAsync();
        Store = new ModelStore(new StorageOptions { ModelsPath = _models.Path });
        TestModels.Save(Store, FirstVersion);
        TestModels.MakeLive(Store, FirstVersion);
        Service = await StartAsync();
        await Eventually.TrueAsync(async () => (await ReadinessAsync(Service)).IsReady, "the service is ready");
        await Eventually.TrueAsync(async () => (await TrendingAsync("1h")).Degradation == Degradation.None);
    }

    /// <summary>Takes the model store away.</summary>
    public void HideStore() => Directory.Move(_models.Path, _models.Path + ".away");

    /// <summary>Puts it back.</summary>
    public void ShowStore() => Directory.Move(_models.Path + ".away", _models.Path);

    /// <summary>Starts another replica on the same broker, Redis and store.</summary>
    public Task<RunningService> StartAsync(params string[] settings) => StartAsync(_ => { }, settings);

    /// <summary>As <see cref="StartAsync(string[])"/>, with something else in it.</summary>
    internal Task<RunningService> StartAsync(Action<WebApplicationBuilder> add, params string[] settings) => StartAsync(add, _ => { }, settings);

    /// <summary>As <see cref="StartAsync(string[])"/>, with another service in it.</summary>
    internal Task<RunningService> StartAsync(Action<WebApplicationBuilder> add, Action<WebApplication> map, params string[] settings) => RunningService.StartAsync(
        "serving",
        b =>
        {
            b.AddServing();
            add(b);
        },
        a =>
        {
            a.MapServing();
            map(a);
        },
        [
            $"Kafka:BootstrapServers={Kafka.Bootstrap}", "Kafka:DeliveryTimeout=00:00:30", "Kafka:FetchWait=00:00:00.005",
            $"Redis:Endpoints={Redis.Server.Endpoint}", "Redis:Timeout=00:00:20", "Redis:RetryDelay=00:00:00.1",
            // A busy test machine must not look like a slow Redis.
            "Serving:ReadTimeout=00:00:05", "Serving:BreakDuration=00:00:00.5",
            $"Storage:ModelsPath={_models.Path}", "Serving:ModelPoll=00:00:00.2", "Serving:TrendingPoll=00:00:00.1", "Serving:FreshShare=0",
            .. settings,
        ]);

    public Task<RecommendResponse> RecommendAsync(string user, Action<RecommendRequest>? change = null)
    {
        var request = new RecommendRequest { UserId = user, Count = 20 };
        change?.Invoke(request);
        return Client.RecommendAsync(request).ResponseAsync;
    }

    public Task<RecommendResponse> SimilarAsync(string video, int count = 10) =>
        Client.SimilarVideosAsync(new SimilarVideosRequest { VideoId = video, Count = count }).ResponseAsync;

    public Task<RecommendResponse> TrendingAsync(string window, int count = 10) =>
        Client.TrendingVideosAsync(new TrendingVideosRequest { Window = window, Count = count }).ResponseAsync;

    /// <summary>What a replica says of itself.</summary>
    public static async Task<(bool IsReady, string Told)> ReadinessAsync(RunningService service)
    {
        using var http = new HttpClient { BaseAddress = new Uri(service.HttpAddress) };
        using var response = await http.GetAsync("/readyz", TestContext.Current.CancellationToken);
        return (response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Writes what the viewer did, newest first, one minute apart, as the feature service would.</summary>
    public Task SetStateAsync(string user, params (string Video, EventType Type)[] newestFirst) => SetStateAsync(user, TimeSpan.Zero, newestFirst);

    public Task SetStateAsync(string user, TimeSpan ago, params (string Video, EventType Type)[] newestFirst)
    {
        var at = DateTimeOffset.UtcNow.Subtract(ago).ToUnixTimeMilliseconds();
        var state = new ViewerState { Version = 1, LastSeenAtMs = at };
        foreach (var (video, type) in newestFirst)
        {
            state.Recent.Add(new RecentInteraction(video, type, at, type == EventType.View ? 0.9f : 0));
            at -= 60_000;
        }
        return Redis.Client.SetAsync(OnlineKeys.Viewer(user), state.Encode());
    }

    public Task SetListAsync(string user, string version, params (string, float)[] videos) =>
        Redis.Client.SetAsync(OnlineKeys.List(user), new PrecomputedList(version, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), videos).Encode());

    public Task SetTrendingAsync(string window, int partition, params (string Video, double Log2)[] scores) =>
        Redis.Client.SortedSetAddAsync(OnlineKeys.Trending(window, partition), [.. scores.Select(s => new SortedSetEntry(s.Video, s.Log2))]);

    /// <summary>Writes catalog records; a video without value is deleted.</summary>
    public async Task WriteCatalogAsync(params (string Id, Video? Video)[] videos)
    {
        foreach (var (id, video) in videos)
            await ProduceAsync(new KafkaRecord(Topics.Catalog, Encoding.UTF8.GetBytes(id), video is null ? null : VideoJson.Serialize(video)));
    }

    public Task ProduceAsync(KafkaRecord record)
    {
        _health ??= new KafkaHealth(Kafka.Options, TimeProvider.System, NullLogger<KafkaHealth>.Instance);
        _producer ??= new RecordProducer(Kafka.Options, _health, NoPacer.Instance, TimeProvider.System, NullLogger<RecordProducer>.Instance);
        return _producer.ProduceAsync(record, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Service is not null) await Service.DisposeAsync();
        if (_producer is not null) await _producer.DisposeAsync();
        if (_health is not null) await _health.DisposeAsync();
        await Redis.DisposeAsync();
        Kafka.Dispose();
        _models.Dispose();
    }
}
