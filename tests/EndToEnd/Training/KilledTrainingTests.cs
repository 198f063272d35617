using Grpc.Core;
using Recommender.Hosting.Artifacts;
using Recommender.Tests.EndToEnd.FourServices;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Shared;
using Recommender.V1;
using YamlDotNet.RepresentationModel;
using State = Recommender.V1.TrainingRun.Types.State;

namespace Recommender.Tests.EndToEnd.Training;

/// <summary>The training service as a process that is killed (SIGKILL) in the middle of runs.</summary>
public sealed class KilledTrainingTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string ModelsPath => Path.Combine(_folder.Path, "models");

    private ModelStore Store => new(new StorageOptions { ModelsPath = ModelsPath });

    public void Dispose() => _folder.Dispose();

    private async Task<ServiceProcess> StartAsync()
    {
        var service = ServiceProcess.Start("Training", new Dictionary<string, string>
        {
            ["Storage__ArchivePath"] = Path.Combine(_folder.Path, "archive"),
            ["Storage__ModelsPath"] = ModelsPath,
            ["Kafka__BootstrapServers"] = "127.0.0.1:1",
            ["Redis__Endpoints"] = "127.0.0.1:1",
            ["Redis__Timeout"] = "00:00:00.2",
            ["Training__ListRetryTime"] = "00:00:00",
            ["Training__Interval"] = "0",
            ["Training__RestartInterrupted"] = "100",
        });
        await Eventually.TrueAsync(service.IsReadyAsync, "the training service is ready");
        return service;
    }

    private static TrainingService.TrainingServiceClient Client(ServiceProcess service) => new(service.Channel);

    private static async Task<IReadOnlyList<TrainingRun>> RunsAsync(ServiceProcess service) =>
        (await Client(service).ListTrainingRunsAsync(new ListTrainingRunsRequest(), cancellationToken: Token)).Runs;

    /// <summary>Follows a run until it has come as far as that, or ended.</summary>
    private static async Task<TrainingRun> FollowAsync(ServiceProcess service, string runId, double progress)
    {
        using var watch = Client(service).WatchTrainingRun(new GetTrainingRunRequest { RunId = runId }, cancellationToken: Token);
        TrainingRun last = new();
        await foreach (var change in watch.ResponseStream.ReadAllAsync(Token))
        {
            last = change;
            if (change.Progress >= progress && change.State == State.Running) break;
        }
        return last;
    }

    /// <summary>What a reader of the folder may rely on at any moment.</summary>
    private void AssertNothingHalfMade()
    {
        foreach (var manifest in Store.List()) Store.Verify(manifest);
        var live = Store.ReadLive();
        if (live.Version.Length > 0) Store.Verify(Store.Find(live.Version)!);
        var mlruns = Path.Combine(ModelsPath, "mlruns");
        if (!Directory.Exists(mlruns)) return;
        foreach (var file in Directory.EnumerateFiles(mlruns, "meta.yaml", SearchOption.AllDirectories)) Assert.NotEmpty(ReadYaml(file).Children);
    }

    private static YamlMappingNode ReadYaml(string path)
    {
        var yaml = new YamlStream();
        using var reader = new StreamReader(path);
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    [Fact]
    public async Task A_run_that_is_killed_at_any_moment_begins_again_until_it_succeeds()
    {
        new TestArchive(Path.Combine(_folder.Path, "archive")).AddEvents(TestEvents.Tastes(400, 300, perViewer: 40), rowsPerFile: 2000);
        var service = await StartAsync();
        try
        {
            var request = new StartTrainingRunRequest { Trainer = "ials", PromoteIfBetter = true, Parameters = { ["factors"] = "64", ["iterations"] = "15" } };
            var run = await Client(service).StartTrainingRunAsync(request, cancellationToken: Token);
            var interrupted = new List<string>();
            // At once, in the trial, in the last training, and as late as can be told: while the model is written and goes live. Again where runs were faster than the signals.
            foreach (var (moment, isAgain) in (IEnumerable<(double, bool)>)[(0, false), (0.3, false), (0.8, false), (0.89, false), .. Enumerable.Repeat((0.0, true), 10)])
            {
                if (isAgain && interrupted.Count >= 2) break;
                await FollowAsync(service, run.RunId, moment);
                await service.KillAsync();
                await service.DisposeAsync();
                AssertNothingHalfMade();
                service = await StartAsync();
                AssertNothingHalfMade();
                Assert.Empty(Directory.GetDirectories(ModelsPath, "*.tmp"));
                var after = await RunsAsync(service);
                var ended = after.Single(r => r.RunId == run.RunId);
                if (ended.State == State.Succeeded)
                {
                    run = await Client(service).StartTrainingRunAsync(request, cancellationToken: Token);
                    continue;
                }
                Assert.Equal(State.Failed, ended.State);
                Assert.StartsWith("interrupted by a restart; run ", ended.Error, StringComparison.Ordinal);
                interrupted.Add(run.RunId);
                run = after[0];
                Assert.Contains(run.RunId, ended.Error, StringComparison.Ordinal);
                Assert.Equal("15", run.Parameters["iterations"]);
            }
            Assert.True(interrupted.Count >= 2, "the process was too fast to be killed in the middle");
            run = await FollowAsync(service, run.RunId, 2);
            Assert.Equal((State.Succeeded, ""), (run.State, run.Error));
            Assert.NotEqual("", Store.ReadLive().Version);
            AssertNothingHalfMade();
            foreach (var id in interrupted)
                Assert.Equal("5", ((YamlScalarNode)ReadYaml(Path.Combine(ModelsPath, "mlruns", "1", id, "meta.yaml"))["status"]).Value);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }
}
