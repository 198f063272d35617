using System.Globalization;
using System.Text.Json;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Online;
using Recommender.Hosting.Redis;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using Recommender.V1;
using State = Recommender.V1.TrainingRun.Types.State;

namespace Recommender.Tests.Integration.Training;

public sealed class TrainingRunTests(EmbeddedKafkaFixture kafka, RedisFixture redis) : TrainingTest(kafka, redis)
{
    private static readonly RedisScript s_timeToLive = new("ttl", "return redis.call('PTTL', KEYS[1])");

    [Fact]
    public async Task A_run_trains_publishes_fills_the_lists_and_announces()
    {
        var events = TestEvents.Tastes(viewers: 200, videos: 120).ToArray();
        Archive.AddEvents(events, rowsPerFile: 1000, partitions: 3);
        var host = await StartAsync();
        var seen = await host.RunAsync(new StartTrainingRunRequest { PromoteIfBetter = true });

        var run = seen[^1];
        Assert.Equal((State.Succeeded, "", 1.0), (run.State, run.Error, run.Progress));
        Assert.Equal(("ials", "cpu", "16"), (run.Trainer, run.Device, run.Parameters["factors"]));
        Assert.True(run.Metrics["ndcg@20"] > 1.5 * run.Metrics["popularity_ndcg@20"]);
        foreach (var name in new[] { "recall@20", "hit_rate@10", "ials_ndcg@20", "epoch_seconds", "test_viewers" }) Assert.True(run.Metrics[name] > 0, name);
        Assert.Equal((events.Length, 200), (run.Metrics["events"], run.Metrics["viewers"]));
        Assert.Equal(64, run.DataVersion.Length);
        Assert.True(run.EndedAt.ToDateTimeOffset() >= run.StartedAt.ToDateTimeOffset());
        var progress = seen.Where(r => r.State == State.Running).Select(r => r.Progress).ToArray();
        Assert.Equal(progress.Order(), progress);
        Assert.True(progress.Distinct().Count() >= 5 + 5, "a value per pass of the trial and of the final training");

        var manifest = host.Store.Find(run.ModelVersion)!;
        host.Store.Verify(manifest);
        Assert.Equal((run.RunId, run.DataVersion, "ials", 16), (manifest.RunId, manifest.DataVersion, manifest.Trainer, manifest.Factors));
        Assert.Equal("4", manifest.Weights["like"]);
        Assert.Equal("auto", manifest.RequestedParameters!["regularization"]);
        Assert.True(double.Parse(manifest.Parameters["regularization"], CultureInfo.InvariantCulture) > 0);
        Assert.Contains(manifest.DataRanges.Keys, k => k.StartsWith("log/view/", StringComparison.Ordinal));
        var lines = await File.ReadAllLinesAsync(host.Store.PathOf(run.ModelVersion, "item_ids.jsonl"), Token);
        var ids = Array.ConvertAll(lines, line => JsonSerializer.Deserialize<string>(line)!);
        Assert.Equal(events.Select(e => e.VideoId).Distinct().Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Length * 16, NpyFile.ReadAll(host.Store.PathOf(run.ModelVersion, "item_factors.npy")).Length);
        Assert.Equal(ids.Length, NpyFile.ReadAll(host.Store.PathOf(run.ModelVersion, "popularity.npy")).Length);

        await AssertListsAsync(events, run.ModelVersion);
        Assert.Equal(200, run.Metrics["lists"]);
        var announced = Announcements()[^1];
        Assert.Equal((run.ModelVersion, "promoted", run.RunId), (announced.Version, announced.Action, announced.RunId));
        Assert.Equal(host.Store.ManifestSha256(run.ModelVersion), announced.Sha256);
        Assert.True(File.Exists(Path.Combine(Folder, "models", "runs", run.RunId + ".report.json")));
    }

    [Fact]
    public async Task A_trainer_that_cannot_be_served_is_spoken_of_in_the_verdict()
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var host = await StartAsync();
        var run = (await host.RunAsync(new StartTrainingRunRequest { Trainer = "item_knn", PromoteIfBetter = true }))[^1];
        Assert.Equal("popularity", run.Trainer);
        Assert.Matches("; item_knn reaches ndcg@20 0\\.[0-9]{4} and is only compared, since Serving can't fold new events into it$", run.Parameters["run.verdict"]);
        Assert.Contains($"item_knn reaches ndcg@20 {run.Metrics["item_knn_ndcg@20"].ToString("F4", CultureInfo.InvariantCulture)}", run.Parameters["run.verdict"], StringComparison.Ordinal);
    }

    private async Task AssertListsAsync(Event[] events, string version)
    {
        foreach (var viewer in events.GroupBy(e => e.UserId))
        {
            var list = PrecomputedList.Decode(await Redis.Client.GetAsync(OnlineKeys.List(viewer.Key), Token));
            Assert.Equal(version, list.ModelVersion);
            Assert.Empty(list.Videos.Select(v => v.VideoId).Intersect(viewer.Select(e => e.VideoId)));
            Assert.Equal(120 - viewer.Select(e => e.VideoId).Distinct().Count(), list.Videos.Count);
            Assert.Equal(list.Videos.Select(v => v.Score).OrderDescending(), list.Videos.Select(v => v.Score));
        }
        var ttl = await Redis.Client.EvalAsync(s_timeToLive, [OnlineKeys.List(events[0].UserId)], [], Token);
        Assert.InRange(ttl.AsInt64(), TimeSpan.FromDays(6.9).TotalMilliseconds, TimeSpan.FromDays(7).TotalMilliseconds);
    }

    [Fact]
    public async Task The_same_data_gives_the_same_model()
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var host = await StartAsync();
        var (a, b) = (await host.SucceedAsync(), await host.SucceedAsync());
        Assert.Equal(a.DataVersion, b.DataVersion);
        var checksums = new[] { a, b }.Select(r => host.Store.Find(r.ModelVersion)!.Files.Where(f => f.Name != "MLmodel").Select(f => f.Sha256)).ToArray();
        Assert.Equal(checksums[0], checksums[1]);
        Assert.Equal(a.Metrics["ndcg@20"], b.Metrics["ials_ndcg@20"]);
        Assert.Equal(a.Metrics["ndcg@20"], b.Metrics["champion_ndcg@20"]);
        Assert.Equal(a.ModelVersion, host.Store.ReadLive().Version);
        Assert.Contains("nothing is gained", b.Parameters["run.verdict"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_worse_than_the_live_recipe_does_not_go_live()
    {
        Archive.AddEvents(TestEvents.Tastes(200, 120));
        var host = await StartAsync();
        var good = await host.SucceedAsync();
        var request = new StartTrainingRunRequest { Trainer = "ials", PromoteIfBetter = true, Parameters = { ["factors"] = "1", ["iterations"] = "1" } };
        var poor = (await host.RunAsync(request))[^1];
        Assert.Equal(State.Succeeded, poor.State);
        Assert.True(poor.Metrics["ndcg@20"] < poor.Metrics["champion_ndcg@20"]);
        Assert.Equal(good.ModelVersion, host.Store.ReadLive().Version);
        Assert.NotNull(host.Store.Find(poor.ModelVersion));
        Assert.Equal(good.ModelVersion, PrecomputedList.Decode(await Redis.Client.GetAsync(OnlineKeys.List("viewer-0001"), Token)).ModelVersion);
    }

    [Fact]
    public async Task A_run_that_is_not_asked_to_promote_leaves_everything_as_it_is()
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var host = await StartAsync();
        var run = await host.SucceedAsync(promote: false, trainer: "popularity");
        Assert.NotNull(host.Store.Find(run.ModelVersion));
        Assert.Equal("", host.Store.ReadLive().Version);
        Assert.Null(await Redis.Client.GetAsync(OnlineKeys.List("viewer-0001"), Token));
        Assert.DoesNotContain(Announcements(), a => a.Version == run.ModelVersion);
    }

    [Fact]
    public async Task A_run_on_graphs_makes_the_same_model_and_names_the_device()
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var host = await StartAsync();
        async Task<TrainingRun> RunAsync(string trainer, params (string Key, string Value)[] more)
        {
            var request = new StartTrainingRunRequest { Trainer = trainer, Parameters = { ["factors"] = "12", ["iterations"] = "3" } };
            foreach (var (key, value) in more) request.Parameters[key] = value;
            return (await host.RunAsync(request))[^1];
        }

        var (plain, graphs) = (await RunAsync("ials", ("solver", "exact")), await RunAsync("ials-onnx"));
        Assert.Equal("ials-onnx", graphs.Trainer);
        Assert.Contains(graphs.Device, (string[])["cpu", "cuda"]);
        Assert.Equal(plain.Metrics["ndcg@20"], graphs.Metrics["ndcg@20"], 1e-3);
        float[] Factors(TrainingRun run) => NpyFile.ReadAll(host.Store.PathOf(run.ModelVersion, "item_factors.npy"));
        Assert.Equal(Factors(plain).Length, Factors(graphs).Length);
        Assert.All(Factors(plain).Zip(Factors(graphs)), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    }

    [Fact]
    public async Task A_popularity_model_has_no_factors_but_lists()
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var host = await StartAsync();
        var run = await host.SucceedAsync(trainer: "popularity");
        Assert.Equal(["MLmodel", "item_ids.jsonl", "item_rates.npy", "popularity.npy"], host.Store.Find(run.ModelVersion)!.Files.Select(f => f.Name));
        Assert.Equal(run.ModelVersion, PrecomputedList.Decode(await Redis.Client.GetAsync(OnlineKeys.List("viewer-0001"), Token)).ModelVersion);
    }

    [Fact]
    public async Task Too_little_data_fails_the_run_with_a_sentence()
    {
        Archive.AddEvents([TestEvents.One("u", "v", 1)]);
        var host = await StartAsync();
        var run = (await host.RunAsync(new StartTrainingRunRequest()))[^1];
        Assert.Equal(State.Failed, run.State);
        Assert.Contains("needs at least 5 viewers with 2 liked or watched videos each; it has 0 (1 viewers, 1 events)", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_archive_file_fails_the_run_and_not_the_next_one()
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var host = await StartAsync();
        var file = Directory.GetFiles(Archive.Root, "*.gz", SearchOption.AllDirectories)[0];
        var bytes = await File.ReadAllBytesAsync(file, Token);
        await File.WriteAllBytesAsync(file, bytes[..(bytes.Length / 2)], Token);
        var run = (await host.RunAsync(new StartTrainingRunRequest()))[^1];
        Assert.Equal(State.Failed, run.State);
        Assert.Contains(Path.GetFileName(file), run.Error, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(file, bytes, Token);
        await host.SucceedAsync();
    }

    [Fact]
    public async Task Without_Redis_the_model_is_published_and_the_lists_are_left_out()
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var host = await StartAsync("Redis:Endpoints=127.0.0.1:1", "Redis:Timeout=00:00:00.2", "Training:ListRetryTime=00:00:00.5");
        var run = await host.SucceedAsync();
        Assert.Equal(0, run.Metrics["lists"]);
        Assert.Equal(run.ModelVersion, host.Store.ReadLive().Version);
    }

    [Fact]
    public async Task Scheduled_runs_start_by_themselves()
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var host = await StartAsync("Training:Interval=00:00:10", "Training:MinNewEvents=10");
        await Eventually.TrueAsync(() => host.Store.ReadLive().Version.Length > 0);
        var run = Assert.Single((await host.Runs.ListTrainingRunsAsync(new ListTrainingRunsRequest(), cancellationToken: Token)).Runs);
        Assert.Equal("ials", run.Trainer);
    }

    [Fact]
    public async Task Runs_and_the_live_model_show_in_the_metrics_and_readiness()
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var host = await StartAsync();
        await host.SucceedAsync();
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync($"{host.HttpAddress}/metrics", Token);
        Assert.Contains("recommender_training_run_duration_seconds_count{outcome=\"succeeded\",trainer=\"ials\"}", metrics, StringComparison.Ordinal);
        Assert.Contains("recommender_training_last_success_timestamp_seconds ", metrics, StringComparison.Ordinal);
        // Other tests of this process write to the same meter, so the value may be theirs.
        Assert.Contains("recommender_model_quality{metric=\"ndcg@20\"} ", metrics, StringComparison.Ordinal);
        Assert.Contains("\"models\":\"ok\"", await http.GetStringAsync($"{host.HttpAddress}/readyz", Token), StringComparison.Ordinal);
    }
}
