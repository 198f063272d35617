using Microsoft.Extensions.Diagnostics.HealthChecks;
using Recommender.Hosting.Artifacts;

namespace Recommender.Training;

/// <summary>Healthy while the folder of models and runs is there.</summary>
internal sealed class ModelsFolderCheck(ModelStore models) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Directory.Exists(models.RunsPath) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the folder of models is not there"));
}
