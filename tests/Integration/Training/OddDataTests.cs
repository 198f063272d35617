using System.Globalization;
using Recommender.Hosting.Artifacts;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using Recommender.V1;

namespace Recommender.Tests.Integration.Training;

/// <summary>Runs on data and with parameters at the ends of what is allowed: a model of finite numbers, or a sentence.</summary>
public sealed class OddDataTests(EmbeddedKafkaFixture kafka, RedisFixture redis) : TrainingTest(kafka, redis)
{
    private static async Task<TrainingRun> TrainAsync(TrainingHost host, string factors)
    {
        var request = new StartTrainingRunRequest { Trainer = "ials", PromoteIfBetter = true, Parameters = { ["factors"] = factors, ["iterations"] = "1" } };
        var run = (await host.RunAsync(request))[^1];
        Assert.Equal((TrainingRun.Types.State.Succeeded, ""), (run.State, run.Error));
        Assert.All(run.Metrics.Values, v => Assert.True(double.IsFinite(v)));
        Assert.All(NpyFile.ReadAll(host.Store.PathOf(run.ModelVersion, "item_factors.npy")), f => Assert.True(float.IsFinite(f)));
        return run;
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1024")]
    public async Task One_factor_and_very_many_are_numbers_of_factors(string factors)
    {
        Archive.AddEvents(TestEvents.Tastes(30, 40));
        var host = await StartAsync();
        var run = await TrainAsync(host, factors);
        Assert.Equal(int.Parse(factors, CultureInfo.InvariantCulture), host.Store.Find(run.ModelVersion)!.Factors);
    }

    [Fact]
    public async Task Counts_that_are_all_equal_give_a_model()
    {
        // Every viewer likes as many videos as any other, and every video has as many viewers.
        Archive.AddEvents(Enumerable.Range(0, 40).SelectMany(u => Enumerable.Range(0, 8).Select(i => TestEvents.One($"u{u}", $"v{(u + (i * 5)) % 40}", (u * 10) + i, EventType.Like))));
        await TrainAsync(await StartAsync(), "16");
    }

    [Fact]
    public async Task A_viewer_of_a_million_videos_is_a_row_like_any_other()
    {
        Archive.Add("like", Enumerable.Range(0, 1_000_000).Select(i =>
            $$"""{"event_id":"w{{i}}","user_id":"whale","video_id":"video-{{i:D4}}","type":"like","occurred_at":"2026-11-01T00:00:00Z"}"""));
        new TestArchive(Path.Combine(Folder, "archive")).AddEvents(TestEvents.Tastes(40, 60), log: "others");
        var host = await StartAsync("Training:Gate:CurveViewers=0", "Training:ListLength=10");
        var run = await TrainAsync(host, "4");
        Assert.Equal(1_000_000, host.Store.Find(run.ModelVersion)!.Items);
        Assert.Equal(41, run.Metrics["viewers"]);
    }
}
