using Recommender.Hosting.Artifacts;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using State = Recommender.V1.TrainingRun.Types.State;

namespace Recommender.Tests.Integration.Training;

/// <summary>What a scheduled run begins with.</summary>
public sealed class WarmStartTests(EmbeddedKafkaFixture kafka, RedisFixture redis) : TrainingTest(kafka, redis)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_scheduled_run_begins_with_the_live_model_where_that_is_wanted(bool isWanted)
    {
        Archive.AddEvents(TestEvents.Tastes(viewers: 100, videos: 60));
        var host = await StartAsync($"Training:WarmStart={isWanted}", "Training:Candidates=ials");
        var live = await host.SucceedAsync();
        var scheduled = await host.RunScheduledAsync();
        Assert.Equal((State.Succeeded, ""), (scheduled.State, scheduled.Error));
        Assert.Equal(isWanted ? live.ModelVersion : null, host.Store.Find(scheduled.ModelVersion)!.StartedFrom?.Version);
        Assert.Equal(isWanted, scheduled.Parameters.ContainsKey("run.started_from"));
        Assert.Equal(
            isWanted ? $"with the factors of {live.ModelVersion}: 0.0 % of the events are new since a model that began at random, 5.0 % are allowed" : "at random: as configured",
            scheduled.Parameters["run.start"]);
        Assert.Null(host.Store.Find((await host.SucceedAsync(promote: false)).ModelVersion)!.StartedFrom);
    }

    [Fact]
    public async Task A_line_of_scheduled_runs_begins_at_random_again_when_much_is_new()
    {
        Archive.AddEvents(TestEvents.Tastes(viewers: 300, videos: 60));
        var host = await StartAsync("Training:WarmStartShare=0.06", "Training:Candidates=ials");
        async Task<ModelManifest> NextAsync()
        {
            var run = await host.RunScheduledAsync();
            Assert.Equal((State.Succeeded, ""), (run.State, run.Error));
            var made = host.Store.Find(run.ModelVersion)!;
            if (host.Store.ReadLive().Version != made.Version) await PromoteAsync(host, made.Version);
            Assert.Equal(made.StartedFrom is null, run.Parameters["run.start"].StartsWith("at random: ", StringComparison.Ordinal));
            return made;
        }

        var starts = new List<ModelStart?>();
        await host.SucceedAsync();
        for (var run = 0; run < 4; run++)
        {
            // Each time some four percent: the second in a row is too much.
            Archive.AddEvents(TestEvents.Tastes(12, 60, seed: 10 + run), log: $"later{run}");
            starts.Add((await NextAsync()).StartedFrom);
        }
        Assert.Equal([true, false, true, false], starts.Select(s => s is not null));
        Assert.All(starts.OfType<ModelStart>(), s => Assert.InRange(s.NewEvents!.Value, 1, 10_000));
    }
}
