using Grpc.Core;

namespace Grpc.AspNetCore.Server.Internal;

internal sealed class ClientStreamingHandler<TService, TRequest, TResponse> : CallHandler<TService, TRequest, TResponse>
    where TService : class
    where TRequest : class
    where TResponse : class
{
    private readonly ClientStreamingServerMethod<TRequest, TResponse> _pipeline;

    public ClientStreamingHandler(
        Method<TRequest, TResponse> method,
        Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>> invoke,
        CallSettings settings)
        : base(method, settings)
    {
        _pipeline = Intercept<ClientStreamingServerMethod<TRequest, TResponse>>(
            async (requests, context) =>
            {
                var service = CreateService(context, out var owned);
                try
                {
                    return await invoke(service, requests, context).ConfigureAwait(false);
                }
                finally
                {
                    await ReleaseAsync(service, owned).ConfigureAwait(false);
                }
            },
            static (registration, next) => async (requests, context) =>
            {
                var interceptor = Resolve(registration, context, out var owned);
                try
                {
                    return await interceptor.ClientStreamingServerHandler(requests, context, next).ConfigureAwait(false);
                }
                finally
                {
                    await ReleaseAsync(interceptor, owned).ConfigureAwait(false);
                }
            });
    }

    protected override async Task InvokeAsync(ServerCall call)
    {
        call.AllowLongStream();
        using var requests = Requests(call);
        var response = await _pipeline(requests, call).ConfigureAwait(false);
        call.WriteSingle(Method.ResponseMarshaller, response);
    }
}
