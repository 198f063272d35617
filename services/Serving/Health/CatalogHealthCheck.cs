using Microsoft.Extensions.Diagnostics.HealthChecks;
using Recommender.Serving.Catalog;

namespace Recommender.Serving.Health;

/// <summary>
/// Ready once the catalog is known, so that nothing deleted is shown after a start. A start does not wait for ever, though: when the topic
/// can't be read within <see cref="ServingOptions.CatalogPatience"/>, answers without the catalog are better than none, and the check says so.
/// </summary>
internal sealed class CatalogHealthCheck(CatalogFollower catalog, ServingOptions options, TimeProvider time) : IHealthCheck
{
    private readonly long _begin = time.GetTimestamp();

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (catalog.IsCaughtUp) return Task.FromResult(HealthCheckResult.Healthy());
        return Task.FromResult(time.GetElapsedTime(_begin) < options.CatalogPatience
            ? HealthCheckResult.Unhealthy("the catalog is being read")
            : HealthCheckResult.Degraded("the catalog cannot be read from Kafka; answers are made without it"));
    }
}
