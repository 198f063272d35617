using Grpc.Core;

namespace Grpc.AspNetCore.Server.Internal;

internal sealed class DuplexStreamingHandler<TService, TRequest, TResponse> : CallHandler<TService, TRequest, TResponse>
    where TService : class
    where TRequest : class
    where TResponse : class
{
    private readonly DuplexStreamingServerMethod<TRequest, TResponse> _pipeline;

    public DuplexStreamingHandler(
        Method<TRequest, TResponse> method,
        Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task> invoke,
        CallSettings settings)
        : base(method, settings)
    {
        _pipeline = Intercept<DuplexStreamingServerMethod<TRequest, TResponse>>(
            async (requests, responses, context) =>
            {
                var service = CreateService(context, out var owned);
                try
                {
                    await invoke(service, requests, responses, context).ConfigureAwait(false);
                }
                finally
                {
                    await ReleaseAsync(service, owned).ConfigureAwait(false);
                }
            },
            static (registration, next) => async (requests, responses, context) =>
            {
                var interceptor = Resolve(registration, context, out var owned);
                try
                {
                    await interceptor.DuplexStreamingServerHandler(requests, responses, context, next).ConfigureAwait(false);
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
        await _pipeline(requests, new ResponseStream<TResponse>(call, Method.ResponseMarshaller), call).ConfigureAwait(false);
    }
}
