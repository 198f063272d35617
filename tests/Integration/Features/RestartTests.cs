using Recommender.Contracts;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using static Recommender.Tests.Integration.Features.FeaturesFixture;

namespace Recommender.Tests.Integration.Features;

/// <summary>What becomes of counts and archive when the service ends, in good order or not, and begins again.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private readonly FeaturesFixture _fixture = new();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_stop_archives_and_commits_what_was_read_and_the_next_start_goes_on_behind_it()
    {
        var audience = new Audience(_fixture, 1);
        await using (await _fixture.StartAsync("Archive:FlushInterval=01:00:00"))
        {
            await audience.SendAsync(500);
            await audience.AssertCountedOnceAsync();
            Assert.Empty(await _fixture.ArchivedEventIdsAsync());
        }
        await audience.AssertArchivedAsync(500);
        await using (await _fixture.StartAsync())
        {
            await audience.SendAsync(500);
            await audience.AssertCountedOnceAsync();
            await audience.AssertArchivedAsync(1000);
        }
        Assert.All(ArchiveCatalog.Load(_fixture.ArchivePath).Ranges, r => Assert.Equal(0, r.From));
    }

    [Fact]
    public async Task Killed_in_the_middle_again_and_again_it_counts_and_archives_each_event_once()
    {
        var audience = new Audience(_fixture, 2);
        var sent = 0;
        for (var life = 0; life < 3; life++)
        {
            using var process = KillableProcess.Start("Features", [.. _fixture.Settings, "Features:MaxBatch=50", "Features:WriteDelay=00:00:10"]);
            await Eventually.TrueAsync(() => process.Output.Contains("Reading", StringComparison.Ordinal));
            for (var i = 0; i < 5 + (3 * life); i++, sent += 400) await audience.SendAsync(400);
            if (life == 2)
            {
                // Twice wherever it happens to be, once between the two writes that must fit together.
                await _fixture.WaitUntilAbsorbedAsync();
                await _fixture.FreezeBetweenWritesAsync(process, () => audience.SendAsync(400));
                sent += 400;
            }
            process.Kill();
        }
        await using var last = await _fixture.StartAsync();
        await audience.AssertCountedOnceAsync();
        await audience.AssertArchivedAsync(sent);
    }

    [Fact]
    public async Task Reading_everything_again_from_the_beginning_changes_nothing()
    {
        var audience = new Audience(_fixture, 3);
        await using (await _fixture.StartAsync())
        {
            await audience.SendAsync(1000);
            await audience.AssertCountedOnceAsync();
        }
        var before = (await _fixture.ViewerAsync("s3-u1")).Encode();
        for (var p = 0; p < Partitions; p++) await _fixture.Redis.Client.DeleteAsync(OnlineKeys.Partition(p));
        await using (await _fixture.StartAsync())
        {
            await audience.SendAsync(1);
            await Eventually.TrueAsync(async () => LogWatermarks.Decode(await _fixture.Redis.Client.GetAsync(OnlineKeys.Partition(0))).Entries.Count > 0);
            await audience.AssertCountedOnceAsync();
            await audience.AssertArchivedAsync(1001);
        }
        Assert.Equal(ViewerState.Decode(before).Recent.Count, (await _fixture.ViewerAsync("s3-u1")).Recent.Count);
    }

    [Fact]
    public async Task A_recreated_log_is_absorbed_from_its_beginning()
    {
        await using (await _fixture.StartAsync())
        {
            await _fixture.SendAsync(Event("a1", EventType.Like, "ann", "v"), Event("a2", EventType.View, "ann", "v"));
            await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("ann")) is { Likes: 1, Views: 1 });
        }
        foreach (var topic in Topics.Events) _fixture.Kafka.Broker.DeleteTopic(topic);
        foreach (var topic in Topics.Events) _fixture.Kafka.Broker.CreateTopic(topic, Partitions);
        await using (await _fixture.StartAsync("Kafka:LogIdentity=second"))
        {
            await Eventually.SucceedsAsync<bool, Xunit.Sdk.XunitException>(async () =>
            {
                await _fixture.SendAsync(Event("a3", EventType.Like, "ann", "v"));
                return true;
            });
            await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("ann")) is { Likes: 2, Views: 1 });
            Assert.Equal((2, 1), ((await _fixture.VideoAsync("v")).Likes, (await _fixture.VideoAsync("v")).Views));
            await Eventually.TrueAsync(async () => (await _fixture.ArchivedEventIdsAsync()).Distinct().Order().SequenceEqual(["a1", "a2", "a3"]));
        }
        Assert.Equal([Log, "second"], ArchiveCatalog.Load(_fixture.ArchivePath).Ranges.Select(r => r.Log).Distinct().Order(StringComparer.Ordinal).Reverse());
    }

    [Fact]
    public async Task Records_that_the_log_has_dropped_are_reported_and_the_rest_is_absorbed()
    {
        // The broker keeps five mebibytes of a partition.
        var padding = new string('x', 20_000);
        for (var i = 0; i < 400; i++)
        {
            var e = Event($"p{i}", EventType.View, "pat", "v");
            e.Context.Add("padding", padding);
            await _fixture.SendAsync(e);
        }
        await using var service = await _fixture.StartAsync();
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("pat")).Knows(StableHash.Of("p399")));
        var gone = 400 - (await _fixture.ViewerAsync("pat")).Views;
        Assert.InRange(gone, 1, 399);
        using var http = new HttpClient();
        await Eventually.TrueAsync(async () => (await http.GetStringAsync(service.HttpAddress + "/metrics")).Split('\n')
            .Any(line => line.StartsWith("recommender_features_offset_gap_total{", StringComparison.Ordinal) && line.Contains(Topics.View, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_log_that_is_too_short_is_not_read_until_its_end_is_found_and_the_others_go_on()
    {
        var partition = Murmur2.PartitionOf("sam"u8, Partitions);
        var marks = new LogWatermarks();
        marks.Advance(StableHash.Of(Log), TopicNumbers.Of(Topics.View), partition, 2);
        await _fixture.Redis.Client.SetAsync(OnlineKeys.Partition(partition), marks.Encode());
        await using var service = await _fixture.StartAsync();
        using var http = new HttpClient();
        await Eventually.TrueAsync(async () =>
            (await http.GetAsync(service.HttpAddress + "/readyz")) is var ready && !ready.IsSuccessStatusCode
            && (await ready.Content.ReadAsStringAsync()).Contains("ends before what was absorbed", StringComparison.Ordinal));
        await _fixture.SendAsync(Event("l", EventType.Like, "sam", "v"), Event("v0", EventType.View, "sam", "v"));
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("sam")).Likes == 1);
        Assert.Equal(0, (await _fixture.ViewerAsync("sam")).Views);

        await _fixture.SendAsync(Event("v1", EventType.View, "sam", "v"), Event("v2", EventType.View, "sam", "v"));
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("sam")).Views == 1); // the first two were absorbed before, says the watermark
        await Eventually.TrueAsync(async () => (await http.GetAsync(service.HttpAddress + "/readyz")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_stop_that_drains_absorbs_what_is_in_the_log_first()
    {
        var audience = new Audience(_fixture, 4);
        await using (await _fixture.StartAsync("Features:DrainOnStop=true", "Features:MaxBatch=20", "Server:DrainTimeout=00:01:00"))
        {
            await audience.SendAsync(200);
            await audience.AssertCountedOnceAsync(); // it is reading
            await audience.SendAsync(3000);
        }
        await audience.AssertCountedOnceAsync();
        await audience.AssertArchivedAsync(3200);
    }

    [Fact]
    public async Task A_stop_without_kafka_archives_what_was_read_and_does_not_hang()
    {
        using var process = KillableProcess.Start("Features", [.. _fixture.Settings, "Archive:FlushInterval=01:00:00"]);
        await _fixture.SendAsync(Event("y", EventType.Like, "yan", "v"));
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("yan")).Likes == 1);
        _fixture.Kafka.Broker.SetDown();
        Assert.Equal(0, await process.StopAsync());
        Assert.Equal(["y"], await _fixture.ArchivedEventIdsAsync());
        _fixture.Kafka.Broker.SetUp();
    }

    [Fact]
    public async Task A_stop_by_signal_is_a_good_end()
    {
        using var process = KillableProcess.Start("Features", _fixture.Settings);
        await _fixture.SendAsync(Event("z", EventType.Like, "zoe", "v"));
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("zoe")).Likes == 1);
        Assert.Equal(0, await process.StopAsync());
        Assert.Equal(["z"], await _fixture.ArchivedEventIdsAsync());
    }
}
