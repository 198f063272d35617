using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Recommender.Hosting.Redis;

/// <summary>Registers what this folder offers.</summary>
public static class RedisServices
{
    /// <summary>Adds one <see cref="IRedis"/> per process. Needs <see cref="RedisOptions"/> and a <see cref="TimeProvider"/>.</summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddRedis(this IServiceCollection services)
    {
        services.TryAddSingleton<IRedis, RedisClient>();
        return services;
    }
}
