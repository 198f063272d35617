using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using Recommender.V1;

namespace Recommender.Tests.Integration.Training;

public sealed class DamagedLiveModelTests(EmbeddedKafkaFixture kafka, RedisFixture redis) : TrainingTest(kafka, redis)
{
    private async Task<(TrainingHost Host, string Live)> StartAgainAsync(string damage)
    {
        Archive.AddEvents(TestEvents.Tastes(80, 60));
        var host = await StartAsync("Training:Candidates=ials");
        var live = (await host.SucceedAsync()).ModelVersion;
        var factors = host.Store.PathOf(live, "item_factors.npy");
        await StopAsync(host);
        if (damage == "factors") await File.WriteAllBytesAsync(factors, (await File.ReadAllBytesAsync(factors, Token))[..^1], Token);
        if (damage == "folder") File.Delete(factors);
        if (damage == "manifest") await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(factors)!, "manifest.json"), "{", Token);
        if (damage == "record and copy") await File.WriteAllTextAsync(Path.Combine(Folder, "models", "live.copy.json"), "{", Token);
        if (damage.StartsWith("record", StringComparison.Ordinal)) await File.WriteAllTextAsync(Path.Combine(Folder, "models", "live.json"), "{", Token);
        new TestArchive(Path.Combine(Folder, "archive")).AddEvents(TestEvents.Tastes(90, 60, seed: 2), log: "later");
        return (await StartAsync("Training:Candidates=ials"), live);
    }

    [Theory]
    [InlineData("factors")]
    [InlineData("folder")]
    [InlineData("manifest")]
    public async Task The_service_starts_with_a_damaged_live_model_and_makes_another_one_at_random(string damage)
    {
        var (host, live) = await StartAgainAsync(damage);
        var run = await host.RunScheduledAsync();
        Assert.Equal((TrainingRun.Types.State.Succeeded, ""), (run.State, run.Error));
        Assert.Null(host.Store.Find(run.ModelVersion)!.StartedFrom);
        Assert.Equal(run.ModelVersion, host.Store.ReadLive().Version);
        Assert.NotEqual(live, run.ModelVersion);
        host.Store.Verify(host.Store.Find(run.ModelVersion)!);
    }

    [Fact]
    public async Task A_live_model_that_is_damaged_while_it_answers_is_made_again_from_the_same_data()
    {
        Archive.AddEvents(TestEvents.Tastes(80, 60));
        var host = await StartAsync("Training:Candidates=ials");
        var live = (await host.SucceedAsync()).ModelVersion;
        await File.WriteAllBytesAsync(host.Store.PathOf(live, "item_factors.npy"), [], Token);

        var again = await host.SucceedAsync();

        Assert.Equal(again.ModelVersion, host.Store.ReadLive().Version);
        host.Store.Verify(host.Store.Find(again.ModelVersion)!);
        Assert.Contains("whose files are damaged", host.Store.ReadLive().History[^1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_record_of_what_is_live_is_made_again_and_runs_go_on()
    {
        var (host, live) = await StartAgainAsync("record");
        Assert.Equal(live, host.Store.ReadLive().Version);
        Assert.Contains(host.Logs.All, l => l.Text.Contains($"was made again from its copy, model {live} is live", StringComparison.Ordinal));
        var run = await host.RunScheduledAsync();
        Assert.Equal((TrainingRun.Types.State.Succeeded, ""), (run.State, run.Error));
        Assert.Equal([live, run.ModelVersion], host.Store.ReadLive().History.Select(h => h.Version));
    }

    [Fact]
    public async Task Without_a_copy_runs_fail_with_a_sentence_and_end_nothing()
    {
        var (host, _) = await StartAgainAsync("record and copy");
        for (var i = 0; i < 2; i++)
        {
            var run = await host.RunScheduledAsync();
            Assert.Equal(TrainingRun.Types.State.Failed, run.State);
            Assert.Contains("live.json is damaged", run.Error, StringComparison.Ordinal);
        }
    }
}
