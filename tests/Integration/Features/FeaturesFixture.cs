using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Features;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using Recommender.Hosting.Redis;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Recommender.Tests.Integration.Features;

/// <summary>A broker with the product's topics, a Redis and an archive of their own; the service is started by the tests.</summary>
public sealed class FeaturesFixture : IAsyncLifetime
{
    public const int Partitions = 4;
    public const string Log = "test";

    private readonly TempDirectory _directory = new();
    private KafkaHealth? _health;
    private RecordProducer? _producer;

    public EmbeddedKafkaFixture Kafka { get; } = new();

    public RedisFixture Redis { get; } = new();

    public string ArchivePath => Path.Combine(_directory.Path, "archive");

    public RecordProducer Producer => _producer!;

    /// <summary>Settings that lead a service here. Files are written soon, so that tests need not wait.</summary>
    public string[] Settings =>
    [
        $"Kafka:BootstrapServers={Kafka.Bootstrap}", $"Kafka:Partitions={Partitions}", $"Kafka:LogIdentity={Log}", "Kafka:FetchWait=00:00:00.005", "Kafka:GroupInstanceId=",
        "Kafka:SessionTimeout=00:00:06", $"Redis:Endpoints={Redis.Server.Endpoint}", "Redis:Timeout=00:00:20", $"Storage:ArchivePath={ArchivePath}",
        "Archive:FlushInterval=00:00:00.2", "Features:RetryDelay=00:00:00.2", "Server:DrainTimeout=00:01:00",
    ];

    public async ValueTask InitializeAsync()
    {
        Kafka.CreateProductTopics(Partitions);
        await Redis.InitializeAsync();
        _health = new KafkaHealth(Kafka.Options, TimeProvider.System, NullLogger<KafkaHealth>.Instance);
        _producer = new RecordProducer(Kafka.Options with { Compression = "none" }, _health, NoPacer.Instance, TimeProvider.System, NullLogger<RecordProducer>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _producer!.DisposeAsync();
        await _health!.DisposeAsync();
        await Redis.DisposeAsync();
        Kafka.Dispose();
        _directory.Dispose();
    }

    /// <summary>Starts the service inside the test. Later settings win.</summary>
    public Task<RunningService> StartAsync(params string[] settings) =>
        RunningService.StartAsync("features", b => b.AddFeatures(), a => a.MapFeatures(), [.. Settings, .. settings]);

    /// <summary>An event as the door writes it.</summary>
    public static Event Event(string id, EventType type, string user, string video, TimeSpan? watched = null, DateTimeOffset? at = null) => new()
    {
        EventId = id,
        Type = type,
        UserId = user,
        VideoId = video,
        WatchTime = watched is { } w ? Duration.FromTimeSpan(w) : null,
        OccurredAt = Timestamp.FromDateTimeOffset(at ?? TimeProvider.System.GetUtcNow()),
    };

    /// <summary>Writes events to their topics and waits until they are durable.</summary>
    public Task<RecordPosition[]> SendAsync(params IEnumerable<Event> events)
    {
        var now = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow());
        return WriteAsync(events.Select(e => new KafkaRecord(Topics.Of(e.Type), Encoding.UTF8.GetBytes(e.UserId), EventJson.Serialize(e, now))));
    }

    /// <summary>Writes records as they are.</summary>
    public async Task<RecordPosition[]> WriteAsync(params IEnumerable<KafkaRecord> records)
    {
        var outcomes = await Producer.SendBatchAsync([.. records]);
        Assert.All(outcomes, o => Assert.Null(o.Error));
        return [.. outcomes.Select(o => o.Position)];
    }

    /// <summary>
    /// Has a replica freeze in the middle of a batch: Redis has taken its counters of videos, the states of the viewers are still to be written.
    /// </summary>
    /// <param name="process">The replica, which reads and has nothing to do.</param>
    /// <param name="send">Sends events.</param>
    public async Task FreezeBetweenWritesAsync(KillableProcess process, Func<Task> send)
    {
        await AskRedisAsync("client", "pause", "60000", "write");
        await send();
        await Eventually.TrueAsync(async () => !(await BlockedAsync()).EndsWith(":0", StringComparison.Ordinal), "the first write of a batch waits");
        await process.FreezeAsync();
        await AskRedisAsync("client", "unpause");
        await Eventually.TrueAsync(async () => (await BlockedAsync()).EndsWith(":0", StringComparison.Ordinal), "the write is done");

        async Task<string> BlockedAsync() =>
            (await AskRedisAsync("info", "clients")).Split('\n', StringSplitOptions.TrimEntries).Single(line => line.StartsWith("blocked_clients", StringComparison.Ordinal));

        async Task<string> AskRedisAsync(params string[] command)
        {
            var cli = Tool.Require("redis-cli", "redis-tools");
            var (code, output, errors) = await Tool.RunAsync(cli, ["-p", Redis.Server.Port.ToString(CultureInfo.InvariantCulture), .. command]);
            Assert.True(code == 0, errors);
            return output;
        }
    }

    /// <summary>
    /// Waits until everything is absorbed, and events are in the archive as well: whoever takes the partitions over after that, since a busy machine was
    /// silent for too long, reads none of them again.
    /// </summary>
    public async Task WaitUntilDoneAsync(params IEnumerable<string> eventIds)
    {
        await WaitUntilAbsorbedAsync();
        await Eventually.TrueAsync(async () => !eventIds.Except(await ArchivedEventIdsAsync()).Any(), "the events are archived");
    }

    /// <summary>Waits until the group has committed all that is in the event topics: what it has not is read again after a kill, as what somebody has set the group back to.</summary>
    public async Task WaitUntilCommittedAsync()
    {
        using var observer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = Kafka.Bootstrap, GroupId = "recommender-features" })
            .SetLogHandler((_, _) => { }).Build();
        foreach (var topic in Topics.Events)
        {
            for (var p = 0; p < Partitions; p++)
            {
                var partition = new TopicPartition(topic, p);
                var end = observer.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(60)).High.Value;
                await Eventually.TrueAsync(() => end == 0 || observer.Committed([partition], TimeSpan.FromSeconds(60))[0].Offset.Value >= end, $"{topic}[{p}] is committed up to {end}");
            }
        }
    }

    /// <summary>Waits until the watermarks in Redis stand at the ends of the event topics.</summary>
    public async Task WaitUntilAbsorbedAsync()
    {
        using var observer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = Kafka.Bootstrap, GroupId = "observer" })
            .SetLogHandler((_, _) => { }).Build();
        foreach (var topic in Topics.Events)
        {
            for (var p = 0; p < Partitions; p++)
            {
                var partition = p;
                var end = observer.QueryWatermarkOffsets(new TopicPartition(topic, partition), TimeSpan.FromSeconds(60)).High.Value;
                await Eventually.TrueAsync(async () => await MarkAsync(topic, partition) >= end, $"{topic}[{partition}] is absorbed up to {end}");
            }
        }

        async Task<long> MarkAsync(string topic, int partition)
        {
            try
            {
                return LogWatermarks.Decode(await Redis.Client.GetAsync(OnlineKeys.Partition(partition))).Next(StableHash.Of(Log), TopicNumbers.Of(topic), partition);
            }
            catch (RedisUnavailableException)
            {
                return -1; // it is just being restarted
            }
        }
    }

    public async Task<ViewerState> ViewerAsync(string user) => ViewerState.Decode(await Redis.Client.GetAsync(OnlineKeys.Viewer(user)));

    /// <summary>The sum over the partitions.</summary>
    public async Task<VideoCounters> VideoAsync(string video)
    {
        var total = new VideoCounters();
        foreach (var field in await Redis.Client.HashGetAllAsync(OnlineKeys.Video(video))) total.Add(VideoCounters.Decode((byte[])field.Value!));
        return total;
    }

    /// <summary>The rows of the archive of one type. Who finds that a file was merged with others meanwhile begins again.</summary>
    public Task<List<string>> ArchivedAsync(string type) => Eventually.SucceedsAsync<List<string>, FileNotFoundException>(async () =>
    {
        var rows = new List<string>();
        foreach (var file in ArchiveCatalog.Load(ArchivePath).Files(type))
            await ArchiveRows.ReadAsync(ArchivePath, file, row => rows.Add(Encoding.UTF8.GetString(row)), CancellationToken.None);
        return rows;
    });

    /// <summary>The event ids in the archive, of all event topics, as often as they are there.</summary>
    public async Task<List<string>> ArchivedEventIdsAsync()
    {
        var ids = new List<string>();
        foreach (var topic in Topics.Events)
            ids.AddRange((await ArchivedAsync(ArchiveFile.TypeOf(topic))).Select(row => EventJson.Parse(Encoding.UTF8.GetBytes(row)).EventId));
        return ids;
    }
}
