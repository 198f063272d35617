using Grpc.AspNetCore.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the reflection service to an application's services.</summary>
public static class GrpcReflectionServiceExtensions
{
    /// <summary>Adds the reflection service.</summary>
    public static IServiceCollection AddGrpcReflection(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(provider => new DescriptorIndex(provider.GetRequiredService<EndpointDataSource>()));
        return services;
    }
}
