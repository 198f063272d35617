using Microsoft.Extensions.Diagnostics.HealthChecks;
using Recommender.Serving.Model;

namespace Recommender.Serving.Health;

/// <summary>Ready once the live model is loaded or found to be missing or unusable; answers are possible without one, and the check says so.</summary>
internal sealed class ModelHealthCheck(ModelFollower follower, CurrentModel current) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!follower.HasLooked) return Task.FromResult(HealthCheckResult.Unhealthy("the live model is being loaded"));
        if (follower.Problem is not null) return Task.FromResult(HealthCheckResult.Degraded("the live model cannot be used; see the log"));
        return Task.FromResult(current.Generation is null ? HealthCheckResult.Degraded("no model is live yet") : HealthCheckResult.Healthy());
    }
}
