using System.Diagnostics;
using System.Runtime;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using Recommender.Hosting.Redis;
using Recommender.Serving;
using Recommender.Serving.Catalog;
using Recommender.Serving.Impressions;
using Recommender.Serving.Model;
using Recommender.Standalone.Embedded;
using Recommender.V1;
using RedisKey = StackExchange.Redis.RedisKey;

namespace Recommender.Tests.Benchmarks.Serving;

/// <summary>
/// The serving service in this process behind real sockets, with a broker and a Redis of its own that holds the viewers. Viewers with an even
/// number have a list that is newer than what they did, so they are answered from it; the others did something since, and are answered in real time.
/// </summary>
internal sealed class ServingBench : IAsyncDisposable
{
    /// <summary>The version for which lists were made.</summary>
    public const string FirstVersion = "20261101T000000Z-0001";

    private const int InFlight = 128;
    private const int Connections = 4;
    private const int Events = 50;
    private const int Seen = 200;
    private const int ListLength = 200;

    private readonly ServingPlan _plan;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("recommender-serving-");
    private readonly EmbeddedKafka _kafka = new();
    private readonly ModelStore _store;
    private EmbeddedRedis _redis = null!;
    private WebApplication _service = null!;
    private GrpcChannel[] _channels = [];
    private RecommendationService.RecommendationServiceClient[] _clients = [];
    private Health.HealthClient[] _health = [];
    private int _next;
    private int _answers;
    private int _others;

    private ServingBench(ServingPlan plan)
    {
        _plan = plan;
        _store = new ModelStore(new StorageOptions { ModelsPath = Path.Combine(_directory.FullName, "models") });
    }

    public static async Task<ServingBench> StartAsync(ServingPlan plan)
    {
        var bench = new ServingBench(plan);
        bench._redis = await EmbeddedRedis.StartAsync(
            new EmbeddedRedisSettings { Directory = Path.Combine(bench._directory.FullName, "redis"), Port = 0 }, TimeProvider.System, NullLogger.Instance);
        foreach (var topic in ProductTopics.Specs(new KafkaOptions())) bench._kafka.CreateTopic(topic.Name, topic.Partitions);
        GeneratedModel.Save(bench._store, FirstVersion, plan.Videos, plan.Factors);
        GeneratedModel.MakeLive(bench._store, FirstVersion);
        await bench.WriteViewersAsync();
        await bench.StartServiceAsync();
        return bench;
    }

    /// <summary>Names of the kinds of calls.</summary>
    public static string[] Kinds { get; } = ["empty", "precomputed", "realtime"];

    /// <summary>A kind of call, by its name.</summary>
    public Func<int, Task> CallOf(string kind) => kind switch
    {
        "empty" => EmptyAsync,
        "precomputed" => PrecomputedAsync,
        _ => RealTimeAsync,
    };

    /// <summary>The part of the answers that were of another kind than was to be measured.</summary>
    public double OtherAnswers => _others / (double)_answers;

    /// <summary>Calls that do nothing, to the same server.</summary>
    public Task EmptyAsync(int number) => _health[number % Connections].CheckAsync(new HealthCheckRequest()).ResponseAsync;

    public Task PrecomputedAsync(int number) => RecommendAsync(2 * number, "precomputed");

    public Task RealTimeAsync(int number) => RecommendAsync((2 * number) + 1, "realtime");

    /// <summary>A call that is answered in either way.</summary>
    public Task AnyAsync(int number) => RecommendAsync(number, null);

    /// <summary>As many calls, with as many under way as the server can take.</summary>
    public async Task CallsAsync(int calls, Func<int, Task> call)
    {
        var left = calls;
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0) await call(Interlocked.Increment(ref _next));
        })));
    }

    /// <summary>Calls of all kinds in turn until hardly any code is compiled any more: under full load that takes the runtime half a minute, and more than a third of the processors.</summary>
    public async Task WarmUpAsync()
    {
        const int Settled = 20;
        const double Turn = 1;
        for (var (turn, quiet) = (0, 0); turn < 60 && quiet < Kinds.Length; turn++)
        {
            var compiled = JitInfo.GetCompiledMethodCount();
            await RateAsync(Turn, CallOf(Kinds[turn % Kinds.Length]));
            quiet = JitInfo.GetCompiledMethodCount() - compiled < Settled ? quiet + 1 : 0;
        }
        Interlocked.Exchange(ref _answers, 0);
        Interlocked.Exchange(ref _others, 0);
    }

    /// <summary>Calls a second with as many under way as the server can take.</summary>
    public async Task<double> RateAsync(double seconds, Func<int, Task> call)
    {
        var (done, clock) = (0, Stopwatch.StartNew());
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                await call(Interlocked.Increment(ref _next));
                Interlocked.Increment(ref done);
            }
        })));
        return done / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Makes and saves another model version.</summary>
    public void Save(string version, int videos) => GeneratedModel.Save(_store, version, videos, _plan.Factors);

    /// <summary>Makes a version live and waits until it answers.</summary>
    /// <returns>Milliseconds that this took.</returns>
    public async Task<double> SwapAsync(string version)
    {
        var clock = Stopwatch.StartNew();
        GeneratedModel.MakeLive(_store, version);
        var current = _service.Services.GetRequiredService<CurrentModel>();
        while (current.Generation?.Version != version)
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(2)) throw new InvalidOperationException($"Model {version} does not answer.");
            await Task.Delay(5);
        }
        return clock.Elapsed.TotalMilliseconds;
    }

    /// <summary>Bytes of the managed heap that are in use once the impressions of all answers are written.</summary>
    public async Task<long> HeapBytesAsync()
    {
        var queue = _service.Services.GetRequiredService<ImpressionQueue>();
        while (queue.Answers.Count > 0) await Task.Delay(10);
        await Task.Delay(500);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels) channel.Dispose();
        if (_service is not null)
        {
            await _service.StopAsync();
            await _service.DisposeAsync();
        }
        if (_redis is not null) await _redis.DisposeAsync();
        _kafka.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task RecommendAsync(int number, string? tier)
    {
        var viewer = number % _plan.Viewers;
        var answer = await _clients[number / 2 % Connections].RecommendAsync(new RecommendRequest { UserId = ViewerOf(viewer), Count = 20 });
        Interlocked.Increment(ref _answers);
        if ((tier is not null && answer.Tier != tier) || answer.Videos.Count != 20) Interlocked.Increment(ref _others);
    }

    private static string ViewerOf(int number) => FormattableString.Invariant($"viewer-{number}");

    private async Task WriteViewersAsync()
    {
        await using var client = new RedisClient(new RedisOptions { Endpoints = _redis.Endpoint, Timeout = TimeSpan.FromSeconds(30) }, TimeProvider.System, NullLogger<RedisClient>.Instance);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        foreach (var batch in Enumerable.Range(0, _plan.Viewers).Chunk(1000))
        {
            var values = batch.SelectMany(viewer => (KeyValuePair<RedisKey, byte[]>[])
            [
                new(OnlineKeys.Viewer(ViewerOf(viewer)), StateOf(viewer, now).Encode()), new(OnlineKeys.List(ViewerOf(viewer)), ListOf(viewer, now).Encode()),
            ]).ToArray();
            await client.SetManyAsync(values);
        }
    }

    private ViewerState StateOf(int viewer, long now)
    {
        var at = viewer % 2 == 0 ? now - (long)TimeSpan.FromHours(2).TotalMilliseconds : now;
        var state = new ViewerState { Version = 1, LastSeenAtMs = at };
        for (var i = 0; i < Events; i++)
            state.Recent.Add(new RecentInteraction(GeneratedModel.VideoOf(Video(viewer, i)), i == 0 ? EventType.Like : EventType.View, at - (i * 60_000), 0.9f));
        for (var i = 0; i < Seen; i++) state.OlderSeen.Add(StableHash.Of(GeneratedModel.VideoOf(Video(viewer, Events + i))));
        return state;
    }

    private PrecomputedList ListOf(int viewer, long now) =>
        new(FirstVersion, now, [.. Enumerable.Range(0, ListLength).Select(i => (GeneratedModel.VideoOf(Video(viewer, Events + Seen + i)), 1 - (i * 0.001f)))]);

    /// <summary>Different videos for each place of a viewer's, as the factor has no divisor in common with the number of videos.</summary>
    private int Video(int viewer, int place) => (int)(((viewer * 7919L) + (place * 104_729L)) % _plan.Videos);

    private async Task StartServiceAsync()
    {
        string[] arguments =
        [
            "--Server:GrpcPort=0", "--Server:HttpPort=0", $"--Kafka:BootstrapServers={_kafka.Bootstrap}", $"--Redis:Endpoints={_redis.Endpoint}",
            $"--Storage:ModelsPath={Path.Combine(_directory.FullName, "models")}", "--Serving:ModelPoll=00:00:00.100", "--Logging:LogLevel:Default=Warning",
            // At full load answers wait in the queues of this process; other limits would turn them into answers of another kind.
            "--Serving:ReadTimeout=00:00:05", "--Serving:HedgeDelay=00:00:01", "--Redis:Timeout=00:00:05",
        ];
        _service = ServiceHost.Build("serving", arguments, b => b.AddServing(), a => a.MapServing());
        await _service.StartAsync();
        var catalog = _service.Services.GetRequiredService<VideoCatalog>();
        var published = DateTimeOffset.UtcNow.AddDays(-30).ToUnixTimeMilliseconds();
        for (var item = 0; item < _plan.Videos; item++)
            catalog.Upsert(GeneratedModel.VideoOf(item), $"author-{item % 2000}", published, catalog.Traits.Of(new Video { Tags = { $"tag-{item % 20}", $"tag-{item % 7}" } }));
        await SwapAsync(FirstVersion);
        _channels = [.. Enumerable.Range(0, Connections).Select(_ => GrpcChannel.ForAddress(_service.Urls.First()))];
        _clients = [.. _channels.Select(channel => new RecommendationService.RecommendationServiceClient(channel))];
        _health = [.. _channels.Select(channel => new Health.HealthClient(channel))];
        var clock = Stopwatch.StartNew();
        while ((await _clients[0].RecommendAsync(new RecommendRequest { UserId = ViewerOf(0), Count = 20 })) is { Tier: not "precomputed" } answer)
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(30)) throw new InvalidOperationException($"The list is not used; the tier is {answer.Tier}, the degradation {answer.Degradation}.");
            await Task.Delay(50);
        }
    }
}
