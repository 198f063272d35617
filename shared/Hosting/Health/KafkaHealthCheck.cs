using Microsoft.Extensions.Diagnostics.HealthChecks;
using Recommender.Hosting.Kafka;

namespace Recommender.Hosting.Health;

/// <summary>Healthy while the Kafka cluster answers.</summary>
public sealed class KafkaHealthCheck(KafkaHealth kafka) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(kafka.State == KafkaState.Reachable ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("Kafka does not answer"));
}
