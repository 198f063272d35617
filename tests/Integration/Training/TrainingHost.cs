using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recommender.Hosting.Artifacts;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Integration.GrpcRuntime;
using Recommender.Training;
using Recommender.Training.Running;
using Recommender.Training.Triggers;
using Recommender.V1;

namespace Recommender.Tests.Integration.Training;

/// <summary>The training service on ports of its own, with a folder that a second host can go on with.</summary>
internal sealed class TrainingHost : IAsyncDisposable
{
    private readonly RunningService _service;

    private TrainingHost(RunningService service, LogRecords logs)
    {
        (_service, Logs) = (service, logs);
        Runs = new TrainingService.TrainingServiceClient(service.Channel);
        Models = new ModelRegistryService.ModelRegistryServiceClient(service.Channel);
    }

    public TrainingService.TrainingServiceClient Runs { get; }

    public ModelRegistryService.ModelRegistryServiceClient Models { get; }

    /// <summary>What it has logged.</summary>
    public LogRecords Logs { get; }

    /// <summary>Address of health and metrics.</summary>
    public string HttpAddress => _service.HttpAddress;

    /// <summary>Address of its gRPC door.</summary>
    public string GrpcAddress => _service.GrpcAddress;

    /// <summary>The files behind the registry.</summary>
    public ModelStore Store => _service.App.Services.GetRequiredService<ModelStore>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts the service. The schedule is off; <paramref name="settings"/> are <c>Section:Key=value</c>.</summary>
    public static async Task<TrainingHost> StartAsync(string folder, string kafka, string redis, params IEnumerable<string> settings)
    {
        var logs = new LogRecords();
        return new TrainingHost(await RunningService.StartAsync(
            "training", b =>
            {
                b.AddTraining();
                b.Logging.AddProvider(logs);
            }, a => a.MapTraining(),
            [
                $"Storage:ArchivePath={folder}/archive", $"Storage:ModelsPath={folder}/models", $"Kafka:BootstrapServers={kafka}", "Kafka:Partitions=1",
                $"Redis:Endpoints={redis}", "Redis:Timeout=00:00:20", "Training:Interval=0",
                "Training:Parameters:ials:factors=16", "Training:Parameters:ials:iterations=5", .. settings,
            ]), logs);
    }

    /// <summary>Starts a run and follows it to its end.</summary>
    /// <returns>Every state that was seen.</returns>
    public async Task<IReadOnlyList<TrainingRun>> RunAsync(StartTrainingRunRequest request)
    {
        var started = await Runs.StartTrainingRunAsync(request, cancellationToken: Token);
        return await WatchAsync(started.RunId);
    }

    /// <summary>Asks for a run as the schedule would, and follows it to its end.</summary>
    public async Task<TrainingRun> RunScheduledAsync()
    {
        var book = _service.App.Services.GetRequiredService<RunBook>();
        var run = book.Start("", new Dictionary<string, string>(), promoteIfBetter: true, RetrainSchedule.Trigger);
        return (await WatchAsync(run.Current.RunId))[^1];
    }

    /// <summary>Follows a run to its end.</summary>
    public async Task<IReadOnlyList<TrainingRun>> WatchAsync(string runId)
    {
        var seen = new List<TrainingRun>();
        using var call = Runs.WatchTrainingRun(new GetTrainingRunRequest { RunId = runId }, cancellationToken: Token);
        while (await call.ResponseStream.MoveNext(Token)) seen.Add(call.ResponseStream.Current);
        return seen;
    }

    /// <summary>Starts a run that succeeds and returns it.</summary>
    public async Task<TrainingRun> SucceedAsync(bool promote = true, string trainer = "ials")
    {
        var run = (await RunAsync(new StartTrainingRunRequest { Trainer = trainer, PromoteIfBetter = promote }))[^1];
        Assert.Equal((TrainingRun.Types.State.Succeeded, ""), (run.State, run.Error));
        return run;
    }

    /// <summary>Tells the service to stop, as a signal would.</summary>
    public void StopApplication() => _service.App.Lifetime.StopApplication();

    public ValueTask DisposeAsync() => _service.DisposeAsync();
}
