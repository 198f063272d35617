using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Wire.Text;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

// What the four kinds of calls have in common, from the HTTP request to the status.
internal abstract class CallHandler<TService, TRequest, TResponse>(Method<TRequest, TResponse> method, CallSettings settings)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    private readonly ServiceActivator<TService> _activator = new();
    private readonly TextPlan? _text = TextPlan.Of(typeof(TRequest));

    protected Method<TRequest, TResponse> Method => method;

    protected CallSettings Settings => settings;

    public Task HandleAsync(HttpContext http) =>
        HttpGate.TryRefuse(http, settings) ? Task.CompletedTask : RunAsync(new ServerCall(http, method, settings));

    protected abstract Task InvokeAsync(ServerCall call);

    protected RequestStream<TRequest> Requests(ServerCall call) => new(call, method.RequestMarshaller, _text);

    protected TService CreateService(ServerCallContext context, out bool owned) =>
        _activator.Create(((ServerCall)context).Http.RequestServices, out owned);

    // The first interceptor ends up outermost. Each is made for the call and lives until the call has passed it.
    protected TMethod Intercept<TMethod>(TMethod innermost, Func<InterceptorRegistration, TMethod, TMethod> wrap)
    {
        var result = innermost;
        for (var i = settings.Interceptors.Count - 1; i >= 0; i--)
            result = wrap(settings.Interceptors[i], result);
        return result;
    }

    protected static Interceptor Resolve(InterceptorRegistration registration, ServerCallContext context, out bool owned) =>
        registration.Resolve(((ServerCall)context).Http.RequestServices, out owned);

    protected static ValueTask ReleaseAsync(object instance, bool owned) =>
        owned ? ServiceActivator<TService>.ReleaseAsync(instance) : default;

    private async Task RunAsync(ServerCall call)
    {
        try
        {
            call.Begin();
            await InvokeAsync(call).ConfigureAwait(false);
            call.Finish();
        }
        catch (Exception exception)
        {
            call.Fail(exception);
        }
        finally
        {
            await call.DisposeAsync().ConfigureAwait(false);
        }
    }
}
