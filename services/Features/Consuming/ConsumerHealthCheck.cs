using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Recommender.Features.Consuming;

/// <summary>Whether events are being absorbed.</summary>
internal sealed class ConsumerHealthCheck(ConsumerProgress progress) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(progress.Trouble is { } trouble ? new HealthCheckResult(context.Registration.FailureStatus, trouble) : HealthCheckResult.Healthy());
}
