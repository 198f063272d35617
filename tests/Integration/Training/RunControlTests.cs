using Grpc.Core;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using Recommender.V1;
using State = Recommender.V1.TrainingRun.Types.State;

namespace Recommender.Tests.Integration.Training;

public sealed class RunControlTests(EmbeddedKafkaFixture kafka, RedisFixture redis) : TrainingTest(kafka, redis)
{
    /// <summary>A run that would take minutes, once it is in its first passes.</summary>
    private async Task<(TrainingHost Host, TrainingRun Run)> StartLongRunAsync()
    {
        Archive.AddEvents(TestEvents.Tastes(400, 200, perViewer: 40));
        var host = await StartAsync();
        var request = new StartTrainingRunRequest { Trainer = "ials", PromoteIfBetter = true, Parameters = { ["iterations"] = "1000", ["factors"] = "256" } };
        var run = await host.Runs.StartTrainingRunAsync(request, cancellationToken: Token);
        await Eventually.TrueAsync(async () => (await GetAsync(host, run.RunId)).Progress > 0.2);
        return (host, run);
    }

    private static async Task<TrainingRun> GetAsync(TrainingHost host, string runId) =>
        await host.Runs.GetTrainingRunAsync(new GetTrainingRunRequest { RunId = runId }, cancellationToken: Token);

    private static async Task<TrainingRun> CancelAsync(TrainingHost host, string runId) =>
        await host.Runs.CancelTrainingRunAsync(new GetTrainingRunRequest { RunId = runId }, cancellationToken: Token);

    [Fact]
    public async Task A_running_run_can_be_cancelled_and_the_next_one_runs()
    {
        var (host, run) = await StartLongRunAsync();
        var watching = host.WatchAsync(run.RunId);
        var waiting = await host.Runs.StartTrainingRunAsync(new StartTrainingRunRequest { Trainer = "popularity" }, cancellationToken: Token);
        var alsoWaiting = await host.Runs.StartTrainingRunAsync(new StartTrainingRunRequest { Trainer = "popularity" }, cancellationToken: Token);
        Assert.Equal((State.Queued, State.Queued), (waiting.State, (await GetAsync(host, alsoWaiting.RunId)).State));

        Assert.Equal(State.Cancelled, (await CancelAsync(host, alsoWaiting.RunId)).State);
        var cancelled = await CancelAsync(host, run.RunId);
        Assert.Equal((State.Cancelled, ""), (cancelled.State, cancelled.ModelVersion));
        Assert.Equal(cancelled, (await watching)[^1]);
        Assert.Equal(State.Succeeded, (await host.WatchAsync(waiting.RunId))[^1].State);
        Assert.Equal("", host.Store.ReadLive().Version);

        // What has ended is returned as it is.
        Assert.Equal(cancelled, await CancelAsync(host, run.RunId));
    }

    [Fact]
    public async Task A_run_that_a_restart_interrupted_has_failed()
    {
        var (host, run) = await StartLongRunAsync();
        var waiting = await host.Runs.StartTrainingRunAsync(new StartTrainingRunRequest { Trainer = "popularity" }, cancellationToken: Token);
        var watching = host.WatchAsync(waiting.RunId);
        await Eventually.TrueAsync(() => !watching.IsCompleted);
        host.StopApplication();
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => watching)).StatusCode);
        await StopAsync(host);

        host = await StartAsync();
        var failed = await GetAsync(host, run.RunId);
        Assert.Equal(State.Failed, failed.State);
        Assert.StartsWith("interrupted by a restart", failed.Error, StringComparison.Ordinal);
        Assert.Equal(failed, Assert.Single(await host.WatchAsync(run.RunId)));
        Assert.Equal(State.Succeeded, (await host.WatchAsync(waiting.RunId))[^1].State);
        var next = (await host.Runs.ListTrainingRunsAsync(new ListTrainingRunsRequest(), cancellationToken: Token)).Runs[0];
        Assert.Contains(next.RunId, failed.Error, StringComparison.Ordinal);
        Assert.Equal("1000", next.Parameters["iterations"]);
        await CancelAsync(host, next.RunId);
    }

    [Fact]
    public async Task A_run_whose_process_was_killed_has_failed()
    {
        var runs = Directory.CreateDirectory(Path.Combine(Folder, "models", "runs")).FullName;
        Directory.CreateDirectory(Path.Combine(Folder, "models", "20261122T083000000Z-0000.tmp"));
        await File.WriteAllTextAsync(
            Path.Combine(runs, "killed.json"), """{"run":{"runId":"killed","state":"RUNNING","progress":0.4},"promote_if_better":true,"trigger":"request"}""", Token);
        var host = await StartAsync();
        var run = await GetAsync(host, "killed");
        Assert.Equal(State.Failed, run.State);
        Assert.StartsWith("interrupted by a restart", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.Combine(Folder, "models"), "*.tmp"));
    }

    [Fact]
    public async Task Runs_are_listed_newest_first_page_by_page()
    {
        var host = await StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Insert(0, (await host.RunAsync(new StartTrainingRunRequest()))[^1].RunId);

        var (listed, token) = (new List<string>(), "");
        do
        {
            var page = await host.Runs.ListTrainingRunsAsync(new ListTrainingRunsRequest { PageSize = 2, PageToken = token }, cancellationToken: Token);
            Assert.InRange(page.Runs.Count, 1, 2);
            listed.AddRange(page.Runs.Select(r => r.RunId));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(ids, listed);

        Assert.Equal(["page_token"], await RefusedFieldsAsync(new ListTrainingRunsRequest { PageToken = "nonsense" }));
        Assert.Equal(["page_size"], await RefusedFieldsAsync(new ListTrainingRunsRequest { PageSize = 1001 }));

        async Task<IEnumerable<string>> RefusedFieldsAsync(ListTrainingRunsRequest request) =>
            Fields(await RefusedAsync(host.Runs.ListTrainingRunsAsync(request, cancellationToken: Token), StatusCode.InvalidArgument));
    }

    [Fact]
    public async Task Wrong_wishes_are_refused_field_by_field()
    {
        var host = await StartAsync();
        var request = new StartTrainingRunRequest { Trainer = "ials", Parameters = { ["factors"] = "0", ["depth"] = "3", ["weights.like"] = "x" } };
        var error = await RefusedAsync(host.Runs.StartTrainingRunAsync(request, cancellationToken: Token), StatusCode.InvalidArgument);
        Assert.Equal(["parameters[depth]", "parameters[factors]", "parameters[weights.like]"], Fields(error));
        request = new StartTrainingRunRequest { Trainer = "magic" };
        error = await RefusedAsync(host.Runs.StartTrainingRunAsync(request, cancellationToken: Token), StatusCode.InvalidArgument);
        Assert.Equal(["trainer"], Fields(error));
        Assert.Contains("graph_filter, ials, ", error.Status.Detail, StringComparison.Ordinal);
        Assert.Empty((await host.Runs.ListTrainingRunsAsync(new ListTrainingRunsRequest(), cancellationToken: Token)).Runs);
    }

    [Fact]
    public async Task An_unknown_run_does_not_exist()
    {
        var host = await StartAsync();
        var unknown = new GetTrainingRunRequest { RunId = "nobody" };
        await RefusedAsync(host.Runs.GetTrainingRunAsync(unknown, cancellationToken: Token), StatusCode.NotFound);
        await RefusedAsync(host.Runs.CancelTrainingRunAsync(unknown, cancellationToken: Token), StatusCode.NotFound);
        using var watch = host.Runs.WatchTrainingRun(unknown, cancellationToken: Token);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(Token))).StatusCode);
        var empty = await RefusedAsync(host.Runs.GetTrainingRunAsync(new GetTrainingRunRequest(), cancellationToken: Token), StatusCode.InvalidArgument);
        Assert.Equal(["run_id"], Fields(empty));
    }
}
