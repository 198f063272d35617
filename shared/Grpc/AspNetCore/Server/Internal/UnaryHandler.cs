using Grpc.Core;

namespace Grpc.AspNetCore.Server.Internal;

internal sealed class UnaryHandler<TService, TRequest, TResponse> : CallHandler<TService, TRequest, TResponse>
    where TService : class
    where TRequest : class
    where TResponse : class
{
    private readonly UnaryServerMethod<TRequest, TResponse> _pipeline;

    public UnaryHandler(
        Method<TRequest, TResponse> method,
        Func<TService, TRequest, ServerCallContext, Task<TResponse>> invoke,
        CallSettings settings)
        : base(method, settings)
    {
        _pipeline = Intercept<UnaryServerMethod<TRequest, TResponse>>(
            async (request, context) =>
            {
                var service = CreateService(context, out var owned);
                try
                {
                    return await invoke(service, request, context).ConfigureAwait(false);
                }
                finally
                {
                    await ReleaseAsync(service, owned).ConfigureAwait(false);
                }
            },
            static (registration, next) => async (request, context) =>
            {
                var interceptor = Resolve(registration, context, out var owned);
                try
                {
                    return await interceptor.UnaryServerHandler(request, context, next).ConfigureAwait(false);
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
        var response = await _pipeline(request, call).ConfigureAwait(false);
        call.WriteSingle(Method.ResponseMarshaller, response);
    }
}
