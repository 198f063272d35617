using Microsoft.Extensions.Diagnostics.HealthChecks;
using Recommender.Serving.Trending;

namespace Recommender.Serving.Health;

/// <summary>Never keeps a replica from answering; says when Redis was not read lately.</summary>
internal sealed class OnlineHealthCheck(TrendingBoard board) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(board.IsCurrent ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded("Redis is out of reach; answers come from memory"));
}
