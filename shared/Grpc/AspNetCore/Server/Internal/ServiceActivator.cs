using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server.Internal;

// A service for each call: the registered one, or one made with the call's services.
internal sealed class ServiceActivator<TService>
    where TService : class
{
    private readonly ObjectFactory<TService> _factory = ActivatorUtilities.CreateFactory<TService>([]);

    public TService Create(IServiceProvider services, out bool owned)
    {
        var registered = services.GetService<TService>();
        owned = registered is null;
        return registered ?? _factory(services, []);
    }

    public static ValueTask ReleaseAsync(object instance)
    {
        if (instance is IAsyncDisposable asynchronous)
            return asynchronous.DisposeAsync();
        (instance as IDisposable)?.Dispose();
        return default;
    }
}
