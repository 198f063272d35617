using System.Text.Json;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using Recommender.V1;

namespace Recommender.Tests.Integration.Training;

public sealed class MlflowLayoutTests(EmbeddedKafkaFixture kafka, RedisFixture redis) : TrainingTest(kafka, redis)
{
    private MlflowReader Mlflow => new(Path.Combine(Folder, "models", "mlruns"));

    [Fact]
    public async Task A_finished_run_shows_everything_about_itself()
    {
        Archive.AddEvents(TestEvents.Tastes(viewers: 200, videos: 120), partitions: 2);
        var host = await StartAsync();
        var run = (await host.RunAsync(new StartTrainingRunRequest { PromoteIfBetter = true }))[^1];
        Assert.Equal("recommender", Mlflow.Experiment());
        var shown = Assert.Single(Mlflow.Runs()).Value;
        Assert.Equal((run.RunId, 3L), (shown.Id, shown.Status));
        Assert.Equal((run.StartedAt.ToDateTimeOffset().ToUnixTimeMilliseconds(), run.EndedAt.ToDateTimeOffset().ToUnixTimeMilliseconds()), (shown.Started, shown.Ended));
        Assert.Equal(("ials", "16", "1"), (shown.Params["trainer"], shown.Params["factors"], shown.Params["seed"]));
        Assert.Equal("4", shown.Params["weights.like"]);

        Assert.Equal(run.Metrics["ndcg@20"], Assert.Single(shown.Metrics["ndcg_at_20"]).Value);
        foreach (var k in new[] { 5, 10, 20, 50 })
            foreach (var metric in new[] { "ndcg", "recall", "hit_rate" })
                Assert.InRange(Value($"{metric}_at_{k}"), Value($"{metric}_at_{k}_low"), Value($"{metric}_at_{k}_high"));
        Assert.True(Value("ndcg_at_20_high") > Value("ndcg_at_20_low"));
        foreach (var name in new[]
        {
            "new_viewers", "active_viewers", "head_videos_recall_at_20", "tail_videos_recall_at_20", "popularity_bias_at_20", "peak_memory_bytes", "run_seconds",
            "model_bytes", "scoring_milliseconds", "popularity_ndcg_at_20", "coverage_at_20",
        }) Assert.True(Value(name) >= 0, name);
        Assert.True(Value("active_viewers_ndcg_at_20") > 0);
        Assert.True(Value("peak_memory_bytes") > 1e7);
        Assert.Equal([1L, 2, 3, 4, 5], shown.Metrics["curve/candidate_ials_ndcg_at_20"].Select(p => p.Step));
        Assert.True(shown.Metrics["curve/candidate_ials_ndcg_at_20"][^1].Value > 0);

        Assert.Equal(("request", "cpu", "true"), (shown.Tags["recommender.trigger"], shown.Tags["recommender.device"], shown.Tags["recommender.promoted"]));
        Assert.Equal(run.Parameters["run.verdict"], shown.Tags["recommender.verdict"]);
        Assert.Contains("better than popularity", shown.Tags["mlflow.note.content"], StringComparison.Ordinal);
        Assert.Contains("nothing was live before", shown.Tags["recommender.verdict"], StringComparison.Ordinal);
        Assert.Equal(host.Store.Find(run.ModelVersion)!.CodeVersion, shown.Tags["recommender.code_version"]);
        Assert.Equal(run.DataVersion[..32], shown.Dataset["digest"]);
        Assert.Equal(host.Store.Find(run.ModelVersion)!.DataRanges, JsonSerializer.Deserialize<Dictionary<string, string>>(shown.Dataset["source"])!);
        Assert.True(File.Exists(Path.Combine(shown.Artifacts, "report.json")));
        var model = MlflowReader.Yaml(Path.Combine(shown.Artifacts, "model", "MLmodel"));
        Assert.Equal((run.RunId, "model"), (MlflowReader.Text(model["run_id"]), MlflowReader.Text(model["artifact_path"])));
        Assert.Equal("item_factors.npy", MlflowReader.Text(model["flavors.recommender.files.item_factors"]));
        Assert.NotEmpty(JsonSerializer.Deserialize<JsonElement[]>(MlflowReader.Text(model["signature.inputs"]))!);

        double Value(string name) => Assert.Single(shown.Metrics[name]).Value;
    }

    [Fact]
    public async Task A_failed_run_and_a_running_one_show_their_state()
    {
        Archive.AddEvents([TestEvents.One("u", "v", 1)]);
        var host = await StartAsync();
        var failed = (await host.RunAsync(new StartTrainingRunRequest()))[^1];
        var shown = Mlflow.Runs()[failed.RunId];
        Assert.Equal((4L, failed.Error), (shown.Status, shown.Tags["recommender.error"]));

        Archive.AddEvents(TestEvents.Tastes(400, 200, perViewer: 40), log: "other");
        var request = new StartTrainingRunRequest { Trainer = "ials", Parameters = { ["iterations"] = "1000", ["factors"] = "256" } };
        var run = await host.Runs.StartTrainingRunAsync(request, cancellationToken: Token);
        await Eventually.TrueAsync(() => Mlflow.Runs().ContainsKey(run.RunId));
        Assert.Equal((1L, null), (Mlflow.Runs()[run.RunId].Status, Mlflow.Runs()[run.RunId].Ended));
        await StopAsync(host);

        // The file as a crash leaves it; the next start tells what happened.
        host = await StartAsync();
        var interrupted = Mlflow.Runs()[run.RunId];
        Assert.Equal((5L, "true"), (interrupted.Status, interrupted.Tags["recommender.interrupted"]));
        var next = (await host.Runs.ListTrainingRunsAsync(new ListTrainingRunsRequest(), cancellationToken: Token)).Runs[0];
        await host.Runs.CancelTrainingRunAsync(new GetTrainingRunRequest { RunId = next.RunId }, cancellationToken: Token);
        Assert.All(Mlflow.Runs().Values, r => Assert.NotEqual(1, r.Status));
    }

    [Fact]
    public async Task The_registered_model_has_versions_aliases_and_the_history_of_what_was_live()
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var host = await StartAsync("Training:KeepModels=2");
        var versions = new List<string>();
        for (var i = 0; i < 2; i++) versions.Add((await host.SucceedAsync(promote: false)).ModelVersion);
        foreach (var version in versions) await host.Models.PromoteModelAsync(new PromoteModelRequest { Version = version }, cancellationToken: Token);
        var (model, aliases) = Mlflow.Model("recommender");
        Assert.Equal(versions, model.OrderBy(v => v.Key).Select(v => v.Value.Tags["recommender.version"]));
        Assert.Equal(2, aliases["champion"]);
        Assert.False(aliases.ContainsKey("challenger"));
        Assert.Equal(Path.Combine(Folder, "models", versions[0]), model[1].Source);
        Assert.True(File.Exists(Path.Combine(model[1].Source, "MLmodel")));

        await host.Models.RollbackModelAsync(new RollbackModelRequest(), cancellationToken: Token);
        (model, aliases) = Mlflow.Model("recommender");
        Assert.Equal((1L, 2L), (aliases["champion"], aliases["challenger"]));
        Assert.Matches("live from .* to .*, promoted: asked for by a caller\n.*live from .* until now, rolled_back: asked for by a caller", model[1].Description);
        Assert.DoesNotContain("until now", model[2].Description, StringComparison.Ordinal);

        for (var i = 0; i < 3; i++) await host.SucceedAsync(promote: false);
        (model, aliases) = Mlflow.Model("recommender");
        Assert.Equal([1L, 4, 5], model.Keys.Order());
        Assert.Equal((1L, 5L), (aliases["champion"], aliases["challenger"]));
    }
}
