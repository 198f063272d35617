using Grpc.Core;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using Recommender.V1;

namespace Recommender.Tests.Integration.Training;

/// <summary>The way back to models that were live before.</summary>
public sealed class RollbackTests(EmbeddedKafkaFixture kafka, RedisFixture redis) : TrainingTest(kafka, redis)
{
    [Fact]
    public async Task Rollbacks_lead_back_one_by_one()
    {
        var (host, versions) = await StartWithModelsAsync(3);
        foreach (var version in versions) await PromoteAsync(host, version);
        Assert.Equal(versions[1], (await RollBackAsync(host)).Version);
        Assert.Equal((versions[1], versions[2], "rolled_back"), Announcements().Select(a => (a.Version, a.PreviousVersion, a.Action)).Last());
        Assert.Equal(versions[0], (await RollBackAsync(host)).Version);
        var error = await RefusedAsync(host.Models.RollbackModelAsync(new RollbackModelRequest(), cancellationToken: Token), StatusCode.FailedPrecondition);
        Assert.Contains("no model was live before", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(versions[0], host.Store.ReadLive().Version);
    }

    [Fact]
    public async Task A_rollback_passes_over_what_is_damaged_and_is_refused_when_nothing_else_is_left()
    {
        var (host, versions) = await StartWithModelsAsync(4);
        foreach (var version in versions) await PromoteAsync(host, version);
        File.Delete(host.Store.PathOf(versions[2], "popularity.npy"));
        await File.WriteAllTextAsync(host.Store.PathOf(versions[1], "manifest.json"), "{", Token);
        Assert.Equal(versions[0], (await RollBackAsync(host)).Version);
        Assert.Equal((versions[0], versions[3], "rolled_back"), Announcements().Select(a => (a.Version, a.PreviousVersion, a.Action)).Last());

        await PromoteAsync(host, versions[3]);
        await File.WriteAllTextAsync(host.Store.PathOf(versions[0], "popularity.npy"), "", Token);
        var error = await RefusedAsync(host.Models.RollbackModelAsync(new RollbackModelRequest(), cancellationToken: Token), StatusCode.FailedPrecondition);
        Assert.Contains($"{versions[0]}: the checksum of popularity.npy", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(versions[3], host.Store.ReadLive().Version);
    }

    [Fact]
    public async Task Without_a_live_model_there_is_nothing_to_roll_back()
    {
        var host = await StartAsync();
        var error = await RefusedAsync(host.Models.RollbackModelAsync(new RollbackModelRequest(), cancellationToken: Token), StatusCode.FailedPrecondition);
        Assert.Contains("no model is live", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Old_models_are_deleted_except_those_a_rollback_leads_to()
    {
        Archive.AddEvents(TestEvents.Tastes(40, 30));
        var host = await StartAsync("Training:KeepModels=2");
        var live = (await host.SucceedAsync()).ModelVersion;
        var second = (await host.SucceedAsync(promote: false)).ModelVersion;
        await PromoteAsync(host, second);
        var others = new List<string>();
        for (var i = 0; i < 4; i++) others.Add((await host.SucceedAsync(promote: false)).ModelVersion);
        Assert.Equal([others[3], others[2], second, live], host.Store.List().Select(m => m.Version));
        Assert.Equal(live, (await RollBackAsync(host)).Version);
    }
}
