using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>An interceptor's type and what its constructor gets beside services.</summary>
public class InterceptorRegistration
{
    private readonly object[] _arguments;
    private ObjectFactory? _factory;

    internal InterceptorRegistration(Type type, object[] arguments) => (Type, _arguments) = (type, arguments);

    /// <summary>The interceptor's type.</summary>
    public Type Type { get; }

    /// <summary>The arguments.</summary>
    public IReadOnlyList<object> Arguments => _arguments;

    // A registered service belongs to the container; one made here to the call.
    internal Interceptor Resolve(IServiceProvider services, out bool owned)
    {
        if (_arguments.Length == 0 && services.GetService(Type) is Interceptor registered)
        {
            owned = false;
            return registered;
        }
        owned = true;
        _factory ??= ActivatorUtilities.CreateFactory(Type, [.. _arguments.Select(argument => argument.GetType())]);
        return (Interceptor)_factory(services, _arguments);
    }
}
