using Microsoft.Extensions.Diagnostics.HealthChecks;
using Recommender.Hosting.Redis;

namespace Recommender.Hosting.Health;

/// <summary>Healthy while Redis answers a ping.</summary>
public sealed class RedisHealthCheck(IRedis redis) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await redis.PingAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (RedisUnavailableException)
        {
            return HealthCheckResult.Unhealthy("Redis does not answer");
        }
    }
}
