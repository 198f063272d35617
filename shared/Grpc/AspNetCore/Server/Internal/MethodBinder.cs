using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server.Internal;

// Receives the methods of a service from its generated BindService and maps an endpoint for each.
internal sealed class MethodBinder<TService>(IEndpointRouteBuilder endpoints, CallSettings settings) : ServiceBinderBase
    where TService : class
{
    public List<IEndpointConventionBuilder> Mapped { get; } = [];

    public string? ServiceName { get; private set; }

    // Generated code knows how to list the methods: BindService(binder, service) of the type its attribute names.
    public void Bind()
    {
        var type = typeof(TService);
        var attribute = type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: true)
            ?? throw new InvalidOperationException($"{type} does not derive from a generated gRPC service.");
        var bind = attribute.BindType
            .GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.NonPublic)
            .Single(method => method.Name == attribute.BindMethodName
                && method.GetParameters() is [{ ParameterType: var binder }, { ParameterType: var service }]
                && binder == typeof(ServiceBinderBase) && service.IsAssignableFrom(type));
        bind.Invoke(null, [this, null]);
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = Implementation<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>(method);
        Map(method, new UnaryHandler<TService, TRequest, TResponse>(method, invoke, settings).HandleAsync);
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = Implementation<Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>(method);
        Map(method, new ClientStreamingHandler<TService, TRequest, TResponse>(method, invoke, settings).HandleAsync);
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = Implementation<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method);
        Map(method, new ServerStreamingHandler<TService, TRequest, TResponse>(method, invoke, settings).HandleAsync);
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var invoke = Implementation<
            Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method);
        Map(method, new DuplexStreamingHandler<TService, TRequest, TResponse>(method, invoke, settings).HandleAsync);
    }

    // The method of the service's class, unbound: each call brings its own instance.
    private static TDelegate Implementation<TDelegate>(IMethod method)
        where TDelegate : Delegate
    {
        Type[] parameters = [.. typeof(TDelegate).GetMethod("Invoke")!.GetParameters().Skip(1).Select(p => p.ParameterType)];
        var implementation = typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)
            ?? throw new InvalidOperationException($"{typeof(TService)} has no method {method.Name} for {method.FullName}.");
        return implementation.CreateDelegate<TDelegate>();
    }

    private void Map(IMethod method, RequestDelegate handler)
    {
        ServiceName = method.ServiceName;
        Mapped.Add(endpoints
            .MapPost(method.FullName, handler)
            .WithDisplayName($"gRPC - {method.FullName}")
            .WithMetadata(new GrpcMethodMetadata(typeof(TService), method)));
    }
}
