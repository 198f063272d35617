using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Modeling.Onnx;
using Recommender.Serving.Model;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Integration.GrpcRuntime;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving;

public sealed class ModelSwapTests : IAsyncLifetime
{
    private const string Second = "20261122T090000Z-0002";
    private readonly ServingFixture _serving = new();

    public ValueTask InitializeAsync() => _serving.InitializeAsync();

    public ValueTask DisposeAsync() => _serving.DisposeAsync();

    private async Task<bool> IsRefusedAsync() => (await ServingFixture.ReadinessAsync(_serving.Service)).Told.Contains("cannot be used", StringComparison.Ordinal);

    private Task BecomesAsync(string version) => Eventually.TrueAsync(async () => (await _serving.RecommendAsync("u")).ModelVersion == version, $"{version} answers");

    [Fact]
    public async Task A_new_version_and_the_way_back_cost_no_call()
    {
        await _serving.SetStateAsync("u", ("a03", EventType.View), ("a01", EventType.View));
        TestModels.Save(_serving.Store, Second);
        using var stop = new CancellationTokenSource();
        var calls = 0;
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var response = await _serving.RecommendAsync("u", r => r.RecentVideoIds.Add("a05"));
                Assert.Equal(20, response.Videos.Count);
                Assert.All(response.Videos, v => Assert.Equal(Source.Realtime, v.Source));
                Interlocked.Increment(ref calls);
            }
        })).ToArray();

        var current = _serving.Service.App.Services.GetRequiredService<CurrentModel>();
        for (var round = 0; round < 4; round++)
        {
            TestModels.MakeLive(_serving.Store, Second);
            await BecomesAsync(Second);
            Assert.InRange(current.CountInMemory(), 1, 2);
            TestModels.MakeLive(_serving.Store, ServingFixture.FirstVersion, "rolled_back");
            await BecomesAsync(ServingFixture.FirstVersion);
            Assert.InRange(current.CountInMemory(), 1, 2);
        }
        await stop.CancelAsync();
        await Task.WhenAll(callers);
        Assert.True(calls > 0);
    }

    [Fact]
    public async Task A_model_that_has_learned_from_dislikes_answers_by_them()
    {
        var learned = TestModels.Save(_serving.Store, Second, dislikes: TestModels.DislikesOfTheOtherTaste());
        Assert.True(learned.HasDislikes);
        TestModels.MakeLive(_serving.Store, Second);
        await BecomesAsync(Second);
        await _serving.SetStateAsync("a", ("b45", EventType.NotInterested), ("b43", EventType.Skip));
        await _serving.SetStateAsync("b", ("a45", EventType.NotInterested), ("a43", EventType.Skip));
        foreach (var taste in (string[])["a", "b"])
        {
            var response = await _serving.RecommendAsync(taste);
            Assert.All(response.Videos, v => Assert.Equal(Source.Realtime, v.Source));
            Assert.InRange(response.OfTaste(taste[0]), 17, 20);
        }
    }

    [Fact]
    public async Task A_new_version_is_rehearsed_with_requests_that_were_answered()
    {
        for (var i = 0; i < 10; i++) await _serving.RecommendAsync($"viewer{i}", r => r.RecentVideoIds.Add("a05"));
        var services = _serving.Service.App.Services;
        Assert.Equal(10, services.GetRequiredService<RequestSample>().Requests.Count(r => r.UserId.StartsWith("viewer", StringComparison.Ordinal)));
        TestModels.Save(_serving.Store, Second);
        var model = services.GetRequiredService<GenerationLoader>().Load(Second, "");
        Assert.InRange(await services.GetRequiredService<Rehearsal>().RunAsync(model, TestContext.Current.CancellationToken), 10, 64);
        // To nobody: nothing of it is an impression or answers calls.
        Assert.Equal(ServingFixture.FirstVersion, (await _serving.RecommendAsync("u")).ModelVersion);
    }

    [Fact]
    public async Task An_announcement_is_acted_upon_without_waiting_for_the_next_look()
    {
        await using var slow = await _serving.StartAsync("Serving:ModelPoll=00:10:00");
        var client = new RecommendationService.RecommendationServiceClient(slow.Channel);
        async Task<string> VersionAsync() => (await client.RecommendAsync(new RecommendRequest { UserId = "u" })).ModelVersion;
        await Eventually.TrueAsync(async () => await VersionAsync() == ServingFixture.FirstVersion);

        TestModels.Save(_serving.Store, Second);
        TestModels.MakeLive(_serving.Store, Second);
        await AnnounceAsync(_serving.Store.ManifestSha256(Second));
        await Eventually.TrueAsync(async () => await VersionAsync() == Second);
    }

    [Fact]
    public async Task A_damaged_version_is_refused_and_the_last_good_one_stays()
    {
        TestModels.Save(_serving.Store, Second);
        var factors = _serving.Store.PathOf(Second, "item_factors.npy");
        var good = await File.ReadAllBytesAsync(factors, TestContext.Current.CancellationToken);
        var damaged = (byte[])good.Clone();
        damaged[^1] ^= 1;
        await File.WriteAllBytesAsync(factors, damaged, TestContext.Current.CancellationToken);
        TestModels.MakeLive(_serving.Store, Second);
        await Eventually.TrueAsync(IsRefusedAsync);
        Assert.Equal(ServingFixture.FirstVersion, (await _serving.RecommendAsync("u")).ModelVersion);

        // Mended, it is taken at the next announcement.
        await File.WriteAllBytesAsync(factors, good, TestContext.Current.CancellationToken);
        await AnnounceAsync(_serving.Store.ManifestSha256(Second));
        await BecomesAsync(Second);
        Assert.False(await IsRefusedAsync());
    }

    [Theory]
    [InlineData("factors")]
    [InlineData("folder")]
    [InlineData("manifest")]
    public async Task A_replica_that_starts_with_a_damaged_live_version_answers_with_what_was_live_before(string damage)
    {
        const string Third = "20261122T100000Z-0003";
        foreach (var version in (string[])[Second, Third])
        {
            TestModels.Save(_serving.Store, version);
            TestModels.MakeLive(_serving.Store, version);
        }
        Damage(Third, damage);
        Damage(Second, "factors"); // what was live before may be damaged, too
        using var logs = new LogRecords();
        await using var replica = await _serving.StartAsync(b => b.Logging.AddProvider(logs));
        await AnswersAsync(replica, ServingFixture.FirstVersion);
        Assert.Contains("cannot be used", (await ServingFixture.ReadinessAsync(replica)).Told, StringComparison.Ordinal);
        Assert.Contains(logs.All, l => l.Text.Contains($"Model {Third} is refused", StringComparison.Ordinal));
        Assert.Contains(logs.All, l => l.Text.Contains($"Model {Second} is refused: model {Second}: the checksum of item_factors.npy does not match", StringComparison.Ordinal));

        TestModels.Save(_serving.Store, "good");
        TestModels.MakeLive(_serving.Store, "good");
        await AnswersAsync(replica, "good");
        Assert.DoesNotContain("cannot be used", (await ServingFixture.ReadinessAsync(replica)).Told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_any_good_version_a_replica_starts_and_answers_with_trending_videos(bool isRecordDamaged)
    {
        Damage(ServingFixture.FirstVersion, "factors");
        if (isRecordDamaged) await File.WriteAllTextAsync(Path.Combine(_serving.Store.FolderOf(""), "live.json"), "{", TestContext.Current.CancellationToken);
        await _serving.SetTrendingAsync("24h", 0, ("a07", 5));
        await using var replica = await _serving.StartAsync();
        await Eventually.TrueAsync(async () => (await ServingFixture.ReadinessAsync(replica)).Told.Contains("cannot be used", StringComparison.Ordinal));
        await Eventually.TrueAsync(async () => (await new RecommendationService.RecommendationServiceClient(replica.Channel).RecommendAsync(new RecommendRequest { UserId = "u" }))
            .Videos.Any(v => v.VideoId == "a07" && v.Source == Source.Trending));
    }

    private static Task AnswersAsync(RunningService replica, string version) => Eventually.TrueAsync(
        async () => (await new RecommendationService.RecommendationServiceClient(replica.Channel).RecommendAsync(new RecommendRequest { UserId = "u" })).ModelVersion == version,
        $"{version} answers");

    private void Damage(string version, string damage)
    {
        var factors = _serving.Store.PathOf(version, "item_factors.npy");
        if (damage == "factors")
        {
            var bytes = File.ReadAllBytes(factors);
            bytes[^1] ^= 1;
            File.WriteAllBytes(factors, bytes);
        }
        else if (damage == "folder")
        {
            File.Delete(factors);
        }
        else
        {
            File.WriteAllText(_serving.Store.PathOf(version, "manifest.json"), "{");
        }
    }

    [Fact]
    public async Task A_version_whose_manifest_is_not_the_announced_one_is_refused()
    {
        TestModels.Save(_serving.Store, Second);
        await AnnounceAsync(new string('0', 64));
        await Eventually.TrueAsync(async () =>
        {
            // Made live only after the announcement has surely been read.
            TestModels.MakeLive(_serving.Store, Second);
            return await IsRefusedAsync();
        });
        Assert.Equal(ServingFixture.FirstVersion, (await _serving.RecommendAsync("u")).ModelVersion);
    }

    [Fact]
    public async Task Versions_that_do_not_fit_together_are_refused_and_the_next_good_one_is_taken()
    {
        TestModels.Save(_serving.Store, "bad-shape", change: m => m with { Factors = m.Factors + 1 });
        TestModels.Save(_serving.Store, "bad-count", change: m => m with { Items = m.Items + 1 });
        TestModels.Save(_serving.Store, "bad-weights", change: m => m with { Weights = new Dictionary<string, string> { ["dislike"] = "1" } });
        TestModels.Save(_serving.Store, "bad-parameters", change: m => m with { Parameters = new Dictionary<string, string> { ["alpha"] = "-1" } });
        TestModels.Save(_serving.Store, "unresolved", change: m => m with { Parameters = new Dictionary<string, string> { ["regularization"] = "auto" } });
        // Damage that nobody thought of shows as any exception at all.
        TestModels.Save(_serving.Store, "no-trainer", change: m => m with { Trainer = null! });
        TestModels.Save(_serving.Store, "no-weights", change: m => m with { Weights = null! });
        foreach (var version in (string[])["bad-shape", "bad-count", "bad-weights", "bad-parameters", "unresolved", "missing", "no-trainer", "no-weights"])
        {
            TestModels.MakeLive(_serving.Store, version);
            await Eventually.TrueAsync(IsRefusedAsync, version);
            Assert.Equal(ServingFixture.FirstVersion, (await _serving.RecommendAsync("u")).ModelVersion);
            TestModels.MakeLive(_serving.Store, ServingFixture.FirstVersion);
            await Eventually.TrueAsync(async () => !await IsRefusedAsync(), "all is well again");
        }
    }

    [Fact]
    public async Task A_model_trained_by_graphs_answers_in_real_time_like_the_other()
    {
        // The graphs solve a row as far as exact equations do; the default stops a little sooner, which may swap neighbours.
        const string Third = "20261122T100000Z-0003";
        TestModels.Save(_serving.Store, Second, solver: "exact");
        TestModels.MakeLive(_serving.Store, Second);
        await BecomesAsync(Second);
        await _serving.SetStateAsync("u", ("a03", EventType.View), ("a01", EventType.View));
        var before = await _serving.RecommendAsync("u", r => r.RecentVideoIds.Add("a05"));
        OnnxTrainers.Register();
        TestModels.Save(_serving.Store, Third, "ials-onnx");
        TestModels.MakeLive(_serving.Store, Third);
        await BecomesAsync(Third);
        var after = await _serving.RecommendAsync("u", r => r.RecentVideoIds.Add("a05"));
        Assert.All(after.Videos, v => Assert.Equal(Source.Realtime, v.Source));
        Assert.Equal(before.Videos.Select(v => v.VideoId), after.Videos.Select(v => v.VideoId));
    }

    [Fact]
    public async Task A_model_without_factors_answers_by_popularity()
    {
        TestModels.Save(_serving.Store, Second, "popularity");
        TestModels.MakeLive(_serving.Store, Second);
        await BecomesAsync(Second);
        await _serving.SetStateAsync("v", ("a00", EventType.View));
        var response = await _serving.RecommendAsync("v");
        Assert.Equal(20, response.Videos.Count);
        Assert.DoesNotContain("a00", response.Ids());
        Assert.All(response.Videos, v => Assert.Equal(Source.Trending, v.Source));
        Assert.Equal(Degradation.None, response.Degradation);
        Assert.All((await _serving.SimilarAsync("a00")).Videos, v => Assert.Equal(Source.Trending, v.Source));
    }

    private Task AnnounceAsync(string sha256)
    {
        var announcement = new ModelAnnouncement(Second, ServingFixture.FirstVersion, "promoted", "run", DateTimeOffset.UnixEpoch, sha256);
        return _serving.ProduceAsync(new KafkaRecord(Topics.Model, Encoding.UTF8.GetBytes("live"), JsonSerializer.SerializeToUtf8Bytes(announcement, RecordJson.Default.ModelAnnouncement)));
    }
}
