using Grpc.AspNetCore.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the reflection service.</summary>
public static class GrpcReflectionEndpointRouteBuilderExtensions
{
    /// <summary>Serves <c>grpc.reflection.v1.ServerReflection</c> and its <c>v1alpha</c> twin.</summary>
    /// <exception cref="InvalidOperationException"><c>AddGrpcReflection</c> was not called.</exception>
    public static IEndpointConventionBuilder MapGrpcReflectionService(this IEndpointRouteBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.ServiceProvider.GetService<IServiceProviderIsService>()?.IsService(typeof(DescriptorIndex)) == false)
            throw new InvalidOperationException("Call IServiceCollection.AddGrpcReflection before its service is mapped.");
        return new GrpcServiceEndpointConventionBuilder(
            [builder.MapGrpcService<ReflectionService>(), builder.MapGrpcService<ReflectionAlphaService>()]);
    }
}
