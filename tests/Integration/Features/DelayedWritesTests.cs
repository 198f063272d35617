using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using Recommender.Hosting.Privacy;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using static Recommender.Tests.Integration.Features.FeaturesFixture;
using Erasure = Recommender.Contracts.Json.Erasure;

namespace Recommender.Tests.Integration.Features;

/// <summary>While there is more to read than a batch holds, states wait in memory: what must not wait for that, and what must not be lost by it.</summary>
public sealed class DelayedWritesTests : IAsyncLifetime
{
    // Of the Kafka protocol.
    private const short JoinGroup = 11;
    private const short Heartbeat = 12;
    private const int CoordinatorNotAvailable = 15;
    private const int UnknownMember = 25;

    private readonly FeaturesFixture _fixture = new();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    // Each small batch has to read viewers through a slow connection, so that there is more to read for as long as that takes.
    private Task<RunningService> StartBehindAsync(SlowProxy slow) => _fixture.StartAsync(
        $"Redis:Endpoints={slow.Endpoint}", "Features:RedisTimeout=00:00:30", "Redis:ConnectTimeout=00:00:30", "Features:MaxBatch=20", "Features:WriteDelay=00:00:10",
        "Archive:FlushInterval=00:00:00.100");

    [Fact]
    public async Task A_stop_writes_what_waits()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var slow = new SlowProxy(_fixture.Redis.Server.Port, TimeSpan.FromMilliseconds(100));
        await _fixture.SendAsync(Enumerable.Range(0, 2000).Select(i => Event($"w{i}", EventType.View, $"w-u{i}", "w-v")));
        await using (await StartBehindAsync(slow)) await Eventually.TrueAsync(() => ArchiveCatalog.Load(_fixture.ArchivePath).Ranges.Any());
        var (archive, absorbed) = (ArchiveCatalog.Load(_fixture.ArchivePath), 0L);
        for (var p = 0; p < Partitions; p++)
        {
            var marks = LogWatermarks.Decode(await _fixture.Redis.Client.GetAsync(OnlineKeys.Partition(p), cancellation));
            var next = marks.Next(StableHash.Of(Log), TopicNumbers.Of(Topics.View), p);
            Assert.Equal(archive.NextOffset(ArchiveFile.LogNameOf(Log), "view", p) ?? 0, next);
            absorbed += next;
        }
        Assert.Equal(absorbed, (await _fixture.VideoAsync("w-v")).Views);
        Assert.True(absorbed > 0);
    }

    [Fact]
    public async Task What_waits_is_written_when_the_group_thinks_its_reader_dead()
    {
        await using var slow = new SlowProxy(_fixture.Redis.Server.Port, TimeSpan.FromMilliseconds(100));
        await _fixture.SendAsync(Enumerable.Range(0, 2000).Select(i => Event($"l{i}", EventType.View, $"l-u{i}", "l-v")));
        await using var service = await StartBehindAsync(slow);
        await Eventually.TrueAsync(() => ArchiveCatalog.Load(_fixture.ArchivePath).Ranges.Any());

        // Nobody gets into the group any more, so that nobody reads again what was lost.
        _fixture.Kafka.Broker.FailNext(JoinGroup, [.. Enumerable.Repeat(CoordinatorNotAvailable, 10_000)]);
        _fixture.Kafka.Broker.FailNext(Heartbeat, UnknownMember);
        await Eventually.TrueAsync(async () => (await _fixture.VideoAsync("l-v")).Views > 0);
    }

    [Fact]
    public async Task That_a_viewer_is_forgotten_is_told_when_it_is_so_and_what_waits_does_not_undo_it()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var slow = new SlowProxy(_fixture.Redis.Server.Port, TimeSpan.FromMilliseconds(50));
        await _fixture.SendAsync(Enumerable.Range(0, 600).Select(i => Event($"f{i}", EventType.Like, i % 10 == 0 ? "eve" : $"f-u{i}", "f-v")));
        await _fixture.Redis.Client.SetAsync(OnlineKeys.List("eve"), new byte[] { 1 }, cancellationToken: cancellation);
        var wish = new Erasure("wish", "eve", TimeProvider.System.GetUtcNow());
        await _fixture.WriteAsync(new KafkaRecord(Topics.Erasure, "eve"u8.ToArray(), JsonSerializer.SerializeToUtf8Bytes(wish, RecordJson.Default.Erasure)));
        var statuses = new ErasureStatusStore(_fixture.Redis.Client, NullLogger<ErasureStatusStore>.Instance);
        await using var service = await StartBehindAsync(slow);
        await Eventually.TrueAsync(async () => (await statuses.ReadAsync("wish", cancellation))?.OnlineRemovedAt is not null);
        Assert.True((await _fixture.ViewerAsync("eve")).IsForgotten);
        Assert.Null(await _fixture.Redis.Client.GetAsync(OnlineKeys.List("eve"), cancellation));

        slow.Delay = TimeSpan.Zero;
        await _fixture.WaitUntilAbsorbedAsync();
        Assert.True((await _fixture.ViewerAsync("eve")).IsForgotten);
        await _fixture.SendAsync(Event("back", EventType.Like, "eve", "f-v"));
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("eve")).Likes == 1);
    }

    [Fact]
    public async Task While_the_archive_has_no_room_what_was_absorbed_is_there_to_be_seen()
    {
        Directory.CreateDirectory(_fixture.ArchivePath);
        var obstacle = Path.Combine(_fixture.ArchivePath, "type=view");
        await File.WriteAllTextAsync(obstacle, "no folder", TestContext.Current.CancellationToken);
        await _fixture.SendAsync(Enumerable.Range(0, 200).Select(i =>
        {
            var e = Event($"a{i}", EventType.View, "pat", "v");
            e.Context.Add("padding", new string('x', 20_000));
            return e;
        }));
        await using var service = await _fixture.StartAsync("Features:MaxBatch=1", "Features:WriteDelay=00:00:10", "Archive:BufferMegabytes=1");
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("pat")).Views > 0);
        Assert.InRange((await _fixture.ViewerAsync("pat")).Views, 1, 199);

        File.Delete(obstacle);
        await _fixture.WaitUntilAbsorbedAsync();
        Assert.Equal((200, 200), ((await _fixture.ViewerAsync("pat")).Views, (await _fixture.VideoAsync("v")).Views));
        await Eventually.TrueAsync(async () => (await _fixture.ArchivedEventIdsAsync()).Count >= 200);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"a{i}").Order(), (await _fixture.ArchivedEventIdsAsync()).Order());
    }
}
