using Microsoft.Extensions.Diagnostics.HealthChecks;
using Recommender.Hosting.Artifacts;
using Recommender.Hosting.Objects;

namespace Recommender.Training;

/// <summary>Healthy while the folder of models and runs is there, or the bucket answers.</summary>
internal sealed class ModelsFolderCheck(ModelStore models) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        models.IsRemote ? Task.Run(AskBucket, cancellationToken)
        : Task.FromResult(Directory.Exists(models.RunsPath) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the folder of models is not there"));

    private HealthCheckResult AskBucket()
    {
        try
        {
            _ = models.IsLiveSound;
            return HealthCheckResult.Healthy();
        }
        catch (ObjectStoreException e)
        {
            return HealthCheckResult.Unhealthy(e.Message);
        }
        catch (InvalidDataException e)
        {
            return HealthCheckResult.Degraded(e.Message);
        }
    }
}
