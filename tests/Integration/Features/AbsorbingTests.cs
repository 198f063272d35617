using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Google.Rpc;
using Grpc.Core;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using static Recommender.Tests.Integration.Features.FeaturesFixture;

namespace Recommender.Tests.Integration.Features;

/// <summary>One running service, from the topics to its answers.</summary>
public sealed class AbsorbingTests(AbsorbingTests.Running running) : IClassFixture<AbsorbingTests.Running>
{
    public sealed class Running : IAsyncLifetime
    {
        public FeaturesFixture Fixture { get; } = new();

        public RunningService Service { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Fixture.InitializeAsync();
            Service = await Fixture.StartAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Service.DisposeAsync();
            await Fixture.DisposeAsync();
        }
    }

    private readonly FeaturesFixture _fixture = running.Fixture;
    private readonly FeatureService.FeatureServiceClient _client = new(running.Service.Channel);

    private async Task<UserFeatures> UserAsync(string user) => await _client.GetUserFeaturesAsync(new GetUserFeaturesRequest { UserId = user });

    private async Task<VideoFeatures> VideoAsync(string video) => await _client.GetVideoFeaturesAsync(new GetVideoFeaturesRequest { VideoId = video });

    private Task<RecordPosition[]> PutAsync(string video, string? json) =>
        _fixture.WriteAsync(new KafkaRecord(Topics.Catalog, Encoding.UTF8.GetBytes(video), json is null ? null : Encoding.UTF8.GetBytes(json)));

    [Fact]
    public async Task What_viewers_do_becomes_their_features_and_those_of_the_videos()
    {
        await PutAsync("clip", """{"video_id":"clip","duration_ms":10000}""");
        await Eventually.TrueAsync(async () => await _fixture.Redis.Client.GetAsync(OnlineKeys.Catalog("clip")) is not null);
        var at = new DateTimeOffset(2026, 11, 20, 8, 0, 0, 123, TimeSpan.Zero);
        await _fixture.SendAsync(
            Event("f1", EventType.View, "fay", "clip", TimeSpan.FromSeconds(5), at), Event("f2", EventType.Like, "fay", "clip", at: at.AddSeconds(1)),
            Event("f3", EventType.Share, "fay", "clip", at: at.AddSeconds(2)), Event("f4", EventType.View, "gus", "clip", TimeSpan.FromSeconds(10), at));
        await Eventually.TrueAsync(async () => (await UserAsync("fay")).Recent.Count == 3 && (await UserAsync("gus")).Views == 1);

        var fay = await UserAsync("fay");
        Assert.Equal((1, 1, 1), (fay.Views, fay.Likes, fay.Shares));
        Assert.Equal(at.AddSeconds(2), fay.LastSeenAt.ToDateTimeOffset());
        Assert.Equal([EventType.Share, EventType.Like, EventType.View], fay.Recent.Select(r => r.Type));
        Assert.Equal((0.5, at), (fay.Recent[2].WatchRatio, fay.Recent[2].OccurredAt.ToDateTimeOffset()));
        var clip = await VideoAsync("clip");
        Assert.Equal((2, 1, 1, 0.75), (clip.Views, clip.Likes, clip.Shares, clip.AverageWatchRatio));
        Assert.True(clip.TrendingScore > 0);
    }

    [Fact]
    public async Task Who_asks_to_be_forgotten_is_forgotten_and_may_begin_anew()
    {
        await _fixture.SendAsync(Event("forget-1", EventType.Like, "forgetful", "regretted"), Event("forget-2", EventType.View, "forgetful", "regretted"));
        await _fixture.Redis.Client.SetAsync(OnlineKeys.List("forgetful"), new PrecomputedList("m", 1, [("x", 1f)]).Encode());
        await Eventually.TrueAsync(async () => await UserAsync("forgetful") is { Likes: 1, Views: 1 });

        var erasure = new Contracts.Json.Erasure("e1", "forgetful", DateTimeOffset.UtcNow);
        await _fixture.WriteAsync(new KafkaRecord(Topics.Erasure, "forgetful"u8.ToArray(), JsonSerializer.SerializeToUtf8Bytes(erasure, RecordJson.Default.Erasure)));
        await Eventually.TrueAsync(async () => await UserAsync("forgetful") is { Likes: 0, Views: 0, Recent.Count: 0 });
        await Eventually.TrueAsync(async () => await _fixture.Redis.Client.GetAsync(OnlineKeys.List("forgetful")) is null);
        Assert.False((await _fixture.ViewerAsync("forgetful")).HasSeen("regretted"));

        await _fixture.SendAsync(Event("forget-3", EventType.Share, "forgetful", "regretted"));
        await Eventually.TrueAsync(async () => (await UserAsync("forgetful")).Shares == 1);
        Assert.Equal(0, (await UserAsync("forgetful")).Likes);
    }

    [Fact]
    public async Task An_unlike_takes_the_like_back_and_a_rejection_hides_the_video()
    {
        await _fixture.SendAsync(
            Event("h1", EventType.Like, "hal", "h", at: DateTimeOffset.UnixEpoch.AddDays(20_000)), Event("h2", EventType.Unlike, "hal", "h"),
            Event("h3", EventType.NotInterested, "hal", "bad"));
        await Eventually.TrueAsync(async () => (await UserAsync("hal")).Recent.Count == 3);
        Assert.Equal(0, (await UserAsync("hal")).Likes);
        Assert.Equal(0, (await VideoAsync("h")).Likes);
        Assert.True((await _fixture.ViewerAsync("hal")).IsHidden("bad"));
    }

    [Fact]
    public async Task A_clients_retry_counts_once()
    {
        for (var i = 0; i < 3; i++) await _fixture.SendAsync(Event("same", EventType.Like, "ida", "retried"));
        await _fixture.SendAsync(Event("last", EventType.Like, "ida", "afterwards"));
        await Eventually.TrueAsync(async () => (await UserAsync("ida")).Recent.Any(r => r.VideoId == "afterwards"));
        Assert.Equal(2, (await UserAsync("ida")).Likes);
        Assert.Equal(1, (await VideoAsync("afterwards")).Likes);
        Assert.Equal(1, (await VideoAsync("retried")).Likes);
    }

    [Fact]
    public async Task Who_and_what_is_unknown_has_zeros()
    {
        var user = await UserAsync("nobody");
        Assert.Equal(("nobody", 0, 0, null), (user.UserId, user.Views, user.Recent.Count, user.LastSeenAt));
        var video = await VideoAsync("nothing");
        Assert.Equal(("nothing", 0, 0.0, 0.0), (video.VideoId, video.Views, video.TrendingScore, video.AverageWatchRatio));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("129")]
    public async Task A_bad_id_is_an_invalid_argument_that_names_the_field(string id)
    {
        if (id == "129") id = new string('x', 129);
        var forUser = await Assert.ThrowsAsync<RpcException>(() => UserAsync(id));
        var forVideo = await Assert.ThrowsAsync<RpcException>(() => VideoAsync(id));
        Assert.Equal(("user_id", "video_id"), (FieldOf(forUser), FieldOf(forVideo)));

        static string FieldOf(RpcException error)
        {
            Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, error.StatusCode);
            var status = Google.Rpc.Status.Parser.ParseFrom(error.Trailers.Single(t => t.Key == "grpc-status-details-bin").ValueBytes);
            return status.Details[0].Unpack<BadRequest>().FieldViolations.Single().Field;
        }
    }

    [Fact]
    public async Task A_poison_record_is_set_aside_with_its_origin_and_the_partition_moves_on()
    {
        byte[] poison = [0xFF, .. "{not json"u8];
        var position = (await _fixture.WriteAsync(new KafkaRecord(Topics.View, "joe"u8.ToArray(), poison)))[0];
        await _fixture.SendAsync(Event("j1", EventType.View, "joe", "j"));
        await Eventually.TrueAsync(async () => (await UserAsync("joe")).Views == 1);

        var rejected = LogReader.ReadToEnd(_fixture.Kafka.Bootstrap, Topics.Rejected).Single(r => r.Value.AsSpan().SequenceEqual(poison));
        Assert.Equal("joe"u8.ToArray(), rejected.Key);
        string Header(string name) => Encoding.UTF8.GetString(rejected.Headers.GetLastBytes(name));
        Assert.Equal(Topics.View, Header(RejectedHeaders.Topic));
        Assert.Equal($"{position.Partition}@{position.Offset}", $"{Header(RejectedHeaders.Partition)}@{Header(RejectedHeaders.Offset)}");
        Assert.Contains("JSON", Header(RejectedHeaders.Reason), StringComparison.Ordinal);
        Assert.Equal(Topics.Rejected, Header(CloudEventHeaders.Type));
        await Eventually.TrueAsync(async () => (await _fixture.ArchivedEventIdsAsync()).Contains("j1"));
    }

    [Fact]
    public async Task Whatever_other_programs_write_those_behind_it_are_reached()
    {
        const string Strange = """{"event_id":"s1","type":"view","user_id":"jim","video_id":"j","occurred_at":"2026-11-22T08:30:00Z","context":{"\ud800":"x"}}""";
        const string Timeless = """{"event_id":"s2","type":"view","user_id":"jim","video_id":"j","occurred_at":"2026-11-22T08:30:00Z"}""";
        const string Lines = """{"event_id":"s3","type":"view","user_id":"jim","video_id":"j","occurred_at":"2026-11-22T08:30:00Z",LF"unknown":"\ud800"}""";
        var microseconds = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        using (var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = _fixture.Kafka.Bootstrap, Partitioner = Partitioner.Murmur2Random }).Build())
        {
            foreach (var topic in (string[])[Topics.View, Topics.Impression, Topics.Catalog, Topics.Erasure])
                await producer.ProduceAsync(topic, new Message<string, string> { Key = "jim", Value = Strange }, TestContext.Current.CancellationToken);
            await producer.ProduceAsync(Topics.View, new Message<string, string> { Key = "jim", Value = Timeless, Timestamp = new(microseconds, TimestampType.CreateTime) }, TestContext.Current.CancellationToken);
            await producer.ProduceAsync(Topics.View, new Message<string, string> { Key = "jim", Value = Lines.Replace("LF", "\n", StringComparison.Ordinal) }, TestContext.Current.CancellationToken);
        }
        await _fixture.SendAsync(Event("s4", EventType.View, "jim", "j"));
        await Eventually.TrueAsync(async () => (await UserAsync("jim")).Views == 3);
        Assert.Contains(LogReader.ReadToEnd(_fixture.Kafka.Bootstrap, Topics.Rejected), r => r.Value.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(Strange)));
        await Eventually.TrueAsync(async () => (await _fixture.ArchivedEventIdsAsync()).Contains("s4"));
        Assert.Contains(await _fixture.ArchivedAsync("view"), r => r == Lines.Replace("LF", " ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_deleted_video_stays_deleted_whatever_comes_late()
    {
        await PutAsync("gone", """{"video_id":"gone","title":"t"}""");
        await PutAsync("gone", null);
        async Task<CatalogEntry?> EntryAsync() => (await CatalogStore.ReadManyAsync(_fixture.Redis.Client, ["gone"]))[0];
        await Eventually.TrueAsync(async () => await EntryAsync() is { IsDeleted: true });
        var late = new CatalogEntry((await EntryAsync())!.Value.Log, 0, """{"video_id":"gone"}"""u8.ToArray());
        Assert.False(await CatalogStore.WriteAsync(_fixture.Redis.Client, "gone", late));
        Assert.True((await EntryAsync())!.Value.IsDeleted);
        await Eventually.TrueAsync(async () => (await _fixture.ArchivedAsync("catalog")).Any(r => r.StartsWith("""{"video_id":"gone","deleted":true,"recorded_at":"20""", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_archive_keeps_the_log_as_it_is()
    {
        await _fixture.SendAsync(Event("k1", EventType.View, "kim", "k"), Event("k1", EventType.View, "kim", "k"), Event("k2", EventType.Skip, "kim", "k"));
        var shown = new Impression("r", "kim", "k", 0, "trending", 1, 1, "", "", "for_you", "none", TimeProvider.System.GetUtcNow());
        var json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(shown, RecordJson.Default.Impression);
        await _fixture.WriteAsync(new KafkaRecord(Topics.Impression, "kim"u8.ToArray(), json));
        await Eventually.TrueAsync(async () =>
            (await _fixture.ArchivedEventIdsAsync()).Count(id => id is "k1" or "k2") == 3
            && (await _fixture.ArchivedAsync("impression")).Contains(Encoding.UTF8.GetString(json)));
    }

    [Fact]
    public async Task Offsets_are_committed_when_state_and_archive_have_the_records()
    {
        await _fixture.SendAsync(Event("l1", EventType.Share, "lea", "l"));
        using var observer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = _fixture.Kafka.Bootstrap, GroupId = "recommender-features" })
            .SetLogHandler((_, _) => { }).Build();
        var partition = new TopicPartition(Topics.Share, Murmur2.PartitionOf("lea"u8, Partitions));
        await Eventually.TrueAsync(() => observer.Committed([partition], TimeSpan.FromSeconds(60))[0].Offset.Value > 0
            && observer.Committed([partition], TimeSpan.FromSeconds(60))[0].Offset == observer.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(60)).High);
        Assert.Contains("l1", await _fixture.ArchivedEventIdsAsync());
        Assert.Equal(1, (await _fixture.ViewerAsync("lea")).Shares);
    }

    [Fact]
    public async Task Trending_videos_are_ranked_by_partition_and_window()
    {
        await _fixture.SendAsync(Event("m1", EventType.Share, "mia", "hot"), Event("m2", EventType.View, "mia", "cold"));
        var partition = Murmur2.PartitionOf("mia"u8, Partitions);
        foreach (var (window, _) in OnlineKeys.Windows)
        {
            await Eventually.TrueAsync(async () => (await TopAsync(window)).Count(v => v is "hot" or "cold") == 2, window);
            Assert.Equal(["hot", "cold"], (await TopAsync(window)).Where(v => v is "hot" or "cold"));
        }

        async Task<List<string>> TopAsync(string window) =>
            [.. (await _fixture.Redis.Client.SortedSetTopAsync(OnlineKeys.Trending(window, partition), 100)).Select(e => e.Element.ToString())];
    }

    [Fact]
    public async Task The_service_is_ready_and_counts_what_it_does()
    {
        await _fixture.SendAsync(Event("n1", EventType.Like, "ned", "n"), Event("n1", EventType.Like, "ned", "n"));
        using var http = new HttpClient();
        await Eventually.TrueAsync(async () => (await http.GetAsync(running.Service.HttpAddress + "/readyz")).IsSuccessStatusCode);
        await Eventually.TrueAsync(async () => Regex().IsMatch(await http.GetStringAsync(running.Service.HttpAddress + "/metrics")));

        static System.Text.RegularExpressions.Regex Regex() => new(
            """recommender_features_events_total\{[^}]*(type="like",outcome="duplicate"|outcome="duplicate",type="like")[^}]*\} [1-9]""");
    }
}
