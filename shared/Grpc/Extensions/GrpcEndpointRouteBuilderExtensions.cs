using Grpc.AspNetCore.Server.Internal;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps gRPC services to endpoints.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>Serves every method of <typeparamref name="TService"/>, which derives from a generated base class.</summary>
    /// <exception cref="InvalidOperationException"><c>AddGrpc</c> was not called, or the type is no gRPC service.</exception>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        var settings = builder.ServiceProvider.GetService<CallSettings>()
            ?? throw new InvalidOperationException("Call IServiceCollection.AddGrpc before services are mapped.");
        var binder = new MethodBinder<TService>(builder, settings);
        binder.Bind();
        if (!settings.IgnoreUnknown)
            MapUnknown(builder, binder.ServiceName);
        return new GrpcServiceEndpointConventionBuilder(binder.Mapped);
    }

    private static void MapUnknown(IEndpointRouteBuilder builder, string? service)
    {
        var mapped = builder.ServiceProvider.GetRequiredService<MappedServices>();
        if (service is not null && mapped.TryAdd(service))
            UnimplementedEndpoints.MapMethods(builder, service);
        if (mapped.TryAddCatchAll())
            UnimplementedEndpoints.MapServices(builder);
    }
}
