using Recommender.Hosting.Artifacts;
using Recommender.Training.Mlflow;
using Recommender.Training.Registry;
using Recommender.V1;

namespace Recommender.Training.Running;

/// <summary>Before the service takes calls: reads the stored runs and clears away what an interrupted one left.</summary>
internal sealed class RunLoader(RunBook book, ModelStore models, ModelRegistry registry, MlflowModels mlflow, TrainingOptions options) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Mode == TrainingMode.Registry)
        {
            // Another process works in the folder, and clears up there.
            book.Follow();
        }
        else
        {
            book.Load();
            models.DeleteLeftovers();
            mlflow.Write();
        }
        if (book.List().FirstOrDefault(r => r.State == TrainingRun.Types.State.Succeeded) is { } last) TrainingMetrics.LastSuccess(last);
        var live = registry.LiveVersion;
        if (models.List().FirstOrDefault(m => m.Version == live) is { } manifest) TrainingMetrics.LiveModel(manifest);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
