using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Contracts;
using Recommender.Features;
using Recommender.Hosting;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using Recommender.Hosting.Redis;
using Recommender.Ingestion;
using Recommender.Serving;
using Recommender.Standalone.Embedded;
using Recommender.V1;

namespace Recommender.Tests.Benchmarks.Events;

/// <summary>A broker, a Redis and the door in this process, and what is measured on them. Each rate is events or calls a second.</summary>
internal sealed class EventBench : IAsyncDisposable
{
    private const int Viewers = 10_000;
    private const int InFlight = 128;
    private const int EventsPerSecond = 2000;
    private const int MemoryChunk = 50_000;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("recommender-events-");
    private readonly EmbeddedKafka _kafka = new();
    private EmbeddedRedis _redis = null!;
    private RedisClient _client = null!;
    private WebApplication _door = null!;
    private GrpcChannel _channel = null!;
    private KafkaOptions _options = new();
    private RawKafka _raw = null!;
    private int _life;
    private int _next;

    public static async Task<EventBench> StartAsync()
    {
        var bench = new EventBench();
        bench._redis = await EmbeddedRedis.StartAsync(
            new EmbeddedRedisSettings { Directory = Path.Combine(bench._directory.FullName, "redis"), Port = 0 }, TimeProvider.System, NullLogger.Instance);
        bench._client = new RedisClient(new RedisOptions { Endpoints = bench._redis.Endpoint, Timeout = TimeSpan.FromSeconds(10) }, TimeProvider.System, NullLogger<RedisClient>.Instance);
        bench._options = new KafkaOptions { BootstrapServers = bench._kafka.Bootstrap };
        bench._raw = new RawKafka(bench._options);
        foreach (var topic in ProductTopics.Specs(bench._options)) bench._kafka.CreateTopic(topic.Name, topic.Partitions);
        bench._door = await bench.StartServiceAsync("ingestion", b => b.AddIngestion(), a => a.MapIngestion(), "bench");
        bench._channel = GrpcChannel.ForAddress(bench._door.Urls.First());
        return bench;
    }

    public async Task<Measured> StreamAsync(int events)
    {
        using var call = new IngestionService.IngestionServiceClient(_channel).StreamEvents();
        var requests = Enumerable.Range(0, events).Select(_ => new TrackEventRequest { Event = NextEvent() }).ToArray();
        Settle();
        var measurement = Measured.Begin();
        var answers = Task.Run(async () =>
        {
            var count = 0;
            while (await call.ResponseStream.MoveNext(CancellationToken.None)) count++;
            return count;
        });
        // Who has many events at hand sends them together, as the raw producer does.
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
        foreach (var request in requests) await call.RequestStream.WriteAsync(request);
        await call.RequestStream.CompleteAsync();
        Require(await answers, events);
        return measurement.End(events);
    }

    public Task<Measured> RawProducerAsync(int events)
    {
        var messages = Enumerable.Range(0, events).Select(_ => BenchEvents.Message(NextEvent())).ToArray();
        Settle();
        return _raw.ProduceAsync(messages);
    }

    public Task<Measured> UnaryAsync(int calls)
    {
        var door = new IngestionService.IngestionServiceClient(_channel);
        return CallsAsync(calls, async () => await door.TrackEventAsync(new TrackEventRequest { Event = NextEvent() }));
    }

    public Task<Measured> EmptyUnaryAsync(int calls)
    {
        var health = new Health.HealthClient(_channel);
        return CallsAsync(calls, async () => await health.CheckAsync(new HealthCheckRequest()));
    }

    /// <summary>
    /// A new life of the feature service with a log name of its own, so that it absorbs all that the broker holds: measured from the moment when it asks the
    /// broker for the first record, until the watermarks in Redis cover the last one.
    /// </summary>
    /// <param name="events">Events that the broker holds.</param>
    /// <param name="batch">Records of a batch at most.</param>
    public async Task<Measured> AbsorbAsync(int events, int? batch)
    {
        await FillAsync(events);
        var log = $"life{++_life}";
        using var begin = new ReadingBegins();
        string[] settings = batch is { } limit ? [string.Create(CultureInfo.InvariantCulture, $"--Features:MaxBatch={limit}")] : [];
        await using var service = await StartServiceAsync(
            "features",
            b =>
            {
                b.AddFeatures();
                b.Logging.AddProvider(begin).AddFilter<ReadingBegins>(ReadingBegins.Category, LogLevel.Information);
            },
            a => a.MapFeatures(), log, settings);
        while (await AbsorbedAsync(log) < events) await Task.Delay(2);
        var measured = begin.Measurement.End(events);
        await service.StopAsync();
        return measured;
    }

    public async Task<Measured> RawConsumerAsync(int events)
    {
        await FillAsync(events);
        return _raw.Consume(events);
    }

    /// <summary>
    /// Milliseconds from the acknowledgement of a view until the viewer's recommendations are others, sorted: the video that was at the top has gone
    /// from them. The whole path is at work, with a model of 64 factors.
    /// </summary>
    public async Task<double[]> FreshnessAsync(int seconds)
    {
        await RecreateAsync();
        BenchModel.Publish(Path.Combine(_directory.FullName, "models"), BenchEvents.Videos);
        await using var service = await StartServiceAsync("features", b => b.AddFeatures(), a => a.MapFeatures(), $"life{++_life}");
        await using var serving = await StartServiceAsync("serving", b => b.AddServing(), a => a.MapServing(), $"life{_life}");
        using var channel = GrpcChannel.ForAddress(serving.Urls.First());
        var feed = new RecommendationService.RecommendationServiceClient(channel);
        while (await AnswerAsync(feed, "probe0") is { Videos.Count: 0 } or { ModelVersion: "" }) await Task.Delay(50);
        var door = new IngestionService.IngestionServiceClient(_channel);
        using var call = door.StreamEvents();
        var answers = Task.Run(async () =>
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None)) { }
        });
        var delays = new List<double>();
        var clock = Stopwatch.StartNew();
        var load = Task.Run(async () =>
        {
            for (var sent = 0; clock.Elapsed.TotalSeconds < seconds; await Task.Delay(5))
                for (; sent < clock.Elapsed.TotalSeconds * EventsPerSecond; sent++) await call.RequestStream.WriteAsync(new TrackEventRequest { Event = NextEvent() });
            await call.RequestStream.CompleteAsync();
        });
        for (var i = 0; clock.Elapsed.TotalSeconds < seconds; i++)
        {
            var (e, viewer) = (NextEvent(), $"probe{i % 50}");
            var top = (await AnswerAsync(feed, viewer)).Videos[0].VideoId;
            (e.UserId, e.EventId, e.Type, e.VideoId) = (viewer, $"probe-event-{i}", EventType.View, top);
            await door.TrackEventAsync(new TrackEventRequest { Event = e });
            var acknowledged = Stopwatch.GetTimestamp();
            while ((await AnswerAsync(feed, viewer)).Videos.Any(v => v.VideoId == top)) await Task.Delay(1);
            if (clock.Elapsed.TotalSeconds > 2) delays.Add(Stopwatch.GetElapsedTime(acknowledged).TotalMilliseconds);
        }
        await Task.WhenAll(load, answers);
        await serving.StopAsync();
        await service.StopAsync();
        return [.. delays.Order()];
    }

    /// <summary>
    /// Resident memory of the feature service, a process of its own, while it absorbs an event of each of many viewers: mebibytes after each tenth of
    /// them, and the most that it ever had.
    /// </summary>
    public async Task<(double[] Tenths, double Peak)> MemoryAsync(int viewers)
    {
        await RecreateAsync();
        var log = $"life{++_life}";
        using var service = new ServiceProcess("Recommender.Features.dll", Settings(log));
        var tenths = new double[10];
        for (var sent = 0; sent < viewers;)
        {
            var count = Math.Min(MemoryChunk, viewers - sent);
            await _raw.ProduceAsync([.. Enumerable.Range(sent, count).Select(i => BenchEvents.Message(BenchEvents.Of(i, viewers)))]);
            sent += count;
            while (await AbsorbedAsync(log) < sent) await Task.Delay(20);
            tenths[(int)((sent - 1L) * 10 / viewers)] = service.ResidentMegabytes;
        }
        return (tenths, service.PeakMegabytes);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _door.StopAsync();
        await _door.DisposeAsync();
        await _client.DisposeAsync();
        await _redis.DisposeAsync();
        _kafka.Dispose();
        _directory.Delete(recursive: true);
    }

    private static async Task<RecommendResponse> AnswerAsync(RecommendationService.RecommendationServiceClient feed, string viewer) =>
        await feed.RecommendAsync(new RecommendRequest { UserId = viewer, Count = 20 });

    private static async Task<Measured> CallsAsync(int calls, Func<Task> call)
    {
        Settle();
        var (left, measurement) = (calls, Measured.Begin());
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0) await call();
        })));
        return measurement.End(calls);
    }

    private async Task FillAsync(int events)
    {
        await RecreateAsync();
        await RawProducerAsync(events);
        Settle();
    }

    private async Task RecreateAsync()
    {
        foreach (var topic in Topics.Events) _kafka.DeleteTopic(topic);
        foreach (var topic in Topics.Events) _kafka.CreateTopic(topic, _options.Partitions);
        await foreach (var key in _client.ScanKeysAsync("*")) await _client.DeleteAsync(key);
    }

    private async Task<long> AbsorbedAsync(string log)
    {
        var marks = await _client.GetManyAsync([.. Enumerable.Range(0, _options.Partitions).Select(p => (StackExchange.Redis.RedisKey)OnlineKeys.Partition(p))]);
        return marks.Select((m, p) => (Marks: LogWatermarks.Decode(m), Partition: p)).Sum(m => Topics.Events.Sum(t => m.Marks.Next(StableHash.Of(log), TopicNumbers.Of(t), m.Partition)));
    }

    private async Task<WebApplication> StartServiceAsync(string name, Action<WebApplicationBuilder> add, Action<WebApplication> map, string log, params string[] further)
    {
        var app = ServiceHost.Build(name, [.. Settings(log), .. further], add, map);
        await app.StartAsync();
        return app;
    }

    private string[] Settings(string log) =>
    [
        "--Server:GrpcPort=0", "--Server:HttpPort=0", $"--Kafka:BootstrapServers={_options.BootstrapServers}", $"--Kafka:LogIdentity={log}", "--Kafka:FetchWait=00:00:00.010",
        $"--Redis:Endpoints={_redis.Endpoint}", $"--Storage:ArchivePath={Path.Combine(_directory.FullName, log)}", $"--Storage:ModelsPath={Path.Combine(_directory.FullName, "models")}", $"--Features:GroupId={log}", "--Logging:LogLevel:Default=Warning",
    ];

    private Event NextEvent() => BenchEvents.Of(Interlocked.Increment(ref _next), Viewers);

    /// <summary>Collects what preparing has left behind, which is nobody's whose turn it is next.</summary>
    private static void Settle() => GC.Collect();

    private static void Require(int actual, int expected)
    {
        if (actual != expected) throw new InvalidOperationException($"{actual} of {expected} arrived.");
    }
}
