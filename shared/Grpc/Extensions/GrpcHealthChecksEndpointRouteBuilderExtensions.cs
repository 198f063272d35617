using Grpc.AspNetCore.HealthChecks.Internal;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the health service.</summary>
public static class GrpcHealthChecksEndpointRouteBuilderExtensions
{
    /// <summary>Serves <c>grpc.health.v1.Health</c>.</summary>
    /// <exception cref="InvalidOperationException"><c>AddGrpcHealthChecks</c> was not called.</exception>
    public static GrpcServiceEndpointConventionBuilder MapGrpcHealthChecksService(this IEndpointRouteBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.ServiceProvider.GetService(typeof(HealthBoard)) is null)
            throw new InvalidOperationException("Call IServiceCollection.AddGrpcHealthChecks before its service is mapped.");
        return builder.MapGrpcService<HealthService>();
    }
}
