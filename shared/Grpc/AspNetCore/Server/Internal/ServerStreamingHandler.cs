using Grpc.Core;

namespace Grpc.AspNetCore.Server.Internal;

internal sealed class ServerStreamingHandler<TService, TRequest, TResponse> : CallHandler<TService, TRequest, TResponse>
    where TService : class
    where TRequest : class
    where TResponse : class
{
    private readonly ServerStreamingServerMethod<TRequest, TResponse> _pipeline;

    public ServerStreamingHandler(
        Method<TRequest, TResponse> method,
        Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task> invoke,
        CallSettings settings)
        : base(method, settings)
    {
        _pipeline = Intercept<ServerStreamingServerMethod<TRequest, TResponse>>(
            async (request, responses, context) =>
            {
                var service = CreateService(context, out var owned);
                try
                {
                    await invoke(service, request, responses, context).ConfigureAwait(false);
                }
                finally
                {
                    await ReleaseAsync(service, owned).ConfigureAwait(false);
                }
            },
            static (registration, next) => async (request, responses, context) =>
            {
                var interceptor = Resolve(registration, context, out var owned);
                try
                {
                    await interceptor.ServerStreamingServerHandler(request, responses, context, next).ConfigureAwait(false);
                }
                finally
                {
                    await ReleaseAsync(interceptor, owned).ConfigureAwait(false);
                }
            });
    }

    protected override async Task InvokeAsync(ServerCall call)
    {
        var request = await Requests(call).ReadSingleAsync().ConfigureAwait(false);
        await _pipeline(request, new ResponseStream<TResponse>(call, Method.ResponseMarshaller), call).ConfigureAwait(false);
    }
}
