using Recommender.Hosting.Artifacts;
using Recommender.Training.Mlflow;
using Recommender.Training.Registry;
using Recommender.V1;

namespace Recommender.Training.Running;

/// <summary>Before the service takes calls: reads the stored runs and clears away what an interrupted one left.</summary>
internal sealed class RunLoader(RunStore store, RunBook book, ModelStore models, ModelRegistry registry, MlflowModels mlflow, TrainingOptions options, ILogger<RunLoader> logger) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Mode == TrainingMode.Registry)
        {
            // Another process works in the folder, and clears up there.
            store.RequireFolder();
            book.Follow();
        }
        else
        {
            book.Load();
            models.DeleteLeftovers();
            mlflow.Write();
        }
        if (book.List().FirstOrDefault(r => r.State == TrainingRun.Types.State.Succeeded) is { } last) TrainingMetrics.LastSuccess(last);
        await LookAtLiveAsync(cancellationToken);
    }

    /// <summary>A damaged live model must not keep the process from making or promoting another one.</summary>
    private async Task LookAtLiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await registry.RepairAsync(cancellationToken);
            var live = registry.LiveVersion;
            if (live.Length == 0) return;
            var manifest = models.Find(live) ?? throw new InvalidDataException($"model {live} has no manifest");
            TrainingMetrics.LiveModel(manifest);
            models.Verify(manifest);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            LoaderLog.LiveModelDamaged(logger, e.Message);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal static partial class LoaderLog
{
    [LoggerMessage(EventId = 6142, EventName = "LiveModelDamaged", Level = LogLevel.Error, Message = "What is live can't be used, make or promote another model: {Problem}")]
    public static partial void LiveModelDamaged(ILogger logger, string problem);
}
