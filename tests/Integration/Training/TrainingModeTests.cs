using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Recommender.Hosting;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using Recommender.Training;
using Recommender.V1;

namespace Recommender.Tests.Integration.Training;

/// <summary>Replicas that keep the registry beside a process that trains once and ends, as pods beside a Job.</summary>
public class TrainingModeTests(EmbeddedKafkaFixture kafka, RedisFixture redis) : TrainingTest(kafka, redis)
{
    private const string Registry = "Training:Mode=registry";

    [Fact]
    public async Task A_run_asked_of_one_replica_is_executed_by_a_job_and_seen_by_all()
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var (one, other) = (await StartAsync(Registry), await StartAsync(Registry));
        var asked = await one.Runs.StartTrainingRunAsync(new StartTrainingRunRequest { Trainer = "ials", PromoteIfBetter = true });
        Assert.Equal(TrainingRun.Types.State.Queued, asked.State);
        Assert.Equal(asked.RunId, (await other.Runs.GetTrainingRunAsync(new GetTrainingRunRequest { RunId = asked.RunId })).RunId);
        var watching = other.WatchAsync(asked.RunId);

        Assert.Equal(0, await TrainOnceAsync());
        var seen = await watching;
        Assert.Equal((TrainingRun.Types.State.Succeeded, ""), (seen[^1].State, seen[^1].Error));
        var versions = await one.Models.ListModelVersionsAsync(new ListModelVersionsRequest());
        Assert.Equal(seen[^1].ModelVersion, Assert.Single(versions.Versions, v => v.Live).Version);
        Assert.Equal(seen[^1].ModelVersion, Announcements()[^1].Version);
        await Eventually.TrueAsync(async () => (await MetricsAsync(one)).Contains("recommender_training_last_success_timestamp_seconds", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_job_without_a_wish_trains_when_there_are_new_events_and_only_then()
    {
        Assert.Equal(0, await TrainOnceAsync());
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        Assert.Equal(0, await TrainOnceAsync());
        Assert.Equal(0, await TrainOnceAsync());
        var run = Assert.Single((await (await StartAsync(Registry)).Runs.ListTrainingRunsAsync(new ListTrainingRunsRequest())).Runs);
        Assert.Equal(TrainingRun.Types.State.Succeeded, run.State);
    }

    [Fact]
    public async Task A_job_whose_run_fails_fails()
    {
        var registry = await StartAsync(Registry);
        var asked = await registry.Runs.StartTrainingRunAsync(new StartTrainingRunRequest { Trainer = "ials" });
        Assert.Equal(1, await TrainOnceAsync());
        Assert.Equal(TrainingRun.Types.State.Failed, (await registry.WatchAsync(asked.RunId))[^1].State);
    }

    [Fact]
    public async Task A_job_that_is_told_to_stop_fails_and_the_next_begins_again()
    {
        Archive.AddEvents(TestEvents.Tastes(400, 300));
        var registry = await StartAsync(Registry);
        await registry.Runs.StartTrainingRunAsync(new StartTrainingRunRequest { Trainer = "ials", Parameters = { ["iterations"] = "1000", ["factors"] = "128" } });
        await using (var job = Build())
        {
            await job.StartAsync(Token);
            await Eventually.TrueAsync(async () => (await RunsAsync(registry)).Any(r => r.State == TrainingRun.Types.State.Running));
            var running = (await RunsAsync(registry)).Single();
            var refused = await RefusedAsync(registry.Runs.CancelTrainingRunAsync(new GetTrainingRunRequest { RunId = running.RunId }), StatusCode.FailedPrecondition);
            Assert.Contains("job", refused.Status.Detail, StringComparison.Ordinal);
            await job.StopAsync(Token);
            Assert.Equal(1, ExitCode(job));
        }
        await using var next = Build();
        await next.StartAsync(Token);
        await Eventually.TrueAsync(async () => (await RunsAsync(registry)).Count(r => r.State == TrainingRun.Types.State.Running) == 1 && (await RunsAsync(registry)).Count == 2);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_while_it_waits_is_not_executed()
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var registry = await StartAsync(Registry);
        var asked = await registry.Runs.StartTrainingRunAsync(new StartTrainingRunRequest { Trainer = "ials" });
        var cancelled = await registry.Runs.CancelTrainingRunAsync(new GetTrainingRunRequest { RunId = asked.RunId });
        Assert.Equal(TrainingRun.Types.State.Cancelled, cancelled.State);
        Assert.Equal(0, await TrainOnceAsync("Training:MinNewEvents=1000000"));
        Assert.Equal(TrainingRun.Types.State.Cancelled, Assert.Single(await RunsAsync(registry)).State);
    }

    [Fact]
    public async Task Replicas_take_models_back_and_the_next_job_writes_their_lists()
    {
        Archive.AddEvents(TestEvents.Tastes(60, 40));
        var (one, other) = (await StartAsync(Registry), await StartAsync(Registry));
        foreach (var replica in (TrainingHost[])[one, other])
        {
            await replica.Runs.StartTrainingRunAsync(new StartTrainingRunRequest { Trainer = "ials" });
            Assert.Equal(0, await TrainOnceAsync());
        }
        var versions = (await one.Models.ListModelVersionsAsync(new ListModelVersionsRequest())).Versions.Select(v => v.Version).ToArray();
        Assert.Equal(2, versions.Length);
        await one.Models.PromoteModelAsync(new PromoteModelRequest { Version = versions[0] });
        await other.Models.PromoteModelAsync(new PromoteModelRequest { Version = versions[1] });
        Assert.Equal(versions[0], (await one.Models.RollbackModelAsync(new RollbackModelRequest())).Version);
        Assert.Equal([versions[0], versions[1], versions[0]], other.Store.ReadLive().History.Select(h => h.Version));

        await Redis.FlushAsync();
        Assert.Equal(0, await TrainOnceAsync("Training:MinNewEvents=1000000"));
        var lists = 0;
        await foreach (var _ in Redis.Client.ScanKeysAsync("{u:*}:r")) lists++;
        Assert.True(lists > 0);
    }

    /// <summary>Runs a process that trains once to its end, and returns what it would return.</summary>
    private async Task<int> TrainOnceAsync(params string[] settings)
    {
        await using var job = Build(settings);
        var process = job.Services.GetRequiredService<HostProblem>();
        await ((IHost)job).RunAsync(Token).WaitAsync(TimeSpan.FromMinutes(3), Token);
        return process.ExitCode;
    }

    private WebApplication Build(params string[] settings) => ServiceHost.Build(
        "training",
        [
            "--Server:GrpcPort=0", "--Server:HttpPort=0", "--Training:Mode=once", $"--Storage:ArchivePath={Folder}/archive", $"--Storage:ModelsPath={Folder}/models",
            $"--Kafka:BootstrapServers={Kafka.Bootstrap}", "--Kafka:Partitions=1", $"--Redis:Endpoints={Redis.Server.Endpoint}", "--Redis:Timeout=00:00:20",
            "--Training:Parameters:ials:factors=16", "--Training:Parameters:ials:iterations=5", .. settings.Select(s => "--" + s),
        ],
        b => b.AddTraining(), a => a.MapTraining());

    private static int ExitCode(WebApplication job) => job.Services.GetRequiredService<HostProblem>().ExitCode;

    private static async Task<IReadOnlyList<TrainingRun>> RunsAsync(TrainingHost host) => (await host.Runs.ListTrainingRunsAsync(new ListTrainingRunsRequest())).Runs;

    private static async Task<string> MetricsAsync(TrainingHost host)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(host.HttpAddress + "/metrics"));
    }
}
