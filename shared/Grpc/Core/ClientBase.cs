namespace Grpc.Core;

/// <summary>The base of generated clients.</summary>
public abstract class ClientBase
{
    private readonly CallInvoker? _callInvoker;

    /// <summary>A client that can't call: for test doubles.</summary>
    protected ClientBase()
    {
    }

    /// <summary>A client configured as another one is.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _callInvoker = configuration.CreateInvoker();
    }

    /// <summary>A client on a channel.</summary>
    protected ClientBase(ChannelBase channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _callInvoker = channel.CreateCallInvoker();
    }

    /// <summary>A client on an invoker.</summary>
    protected ClientBase(CallInvoker callInvoker)
    {
        ArgumentNullException.ThrowIfNull(callInvoker);
        _callInvoker = callInvoker;
    }

    /// <summary>What the client calls through.</summary>
    protected CallInvoker CallInvoker =>
        _callInvoker ?? throw new NotSupportedException("This client was made without a channel.");

    internal ClientBaseConfiguration Configuration(string? host) => new(CallInvoker, host);

    /// <summary>How a client calls; made by this library only.</summary>
    protected internal class ClientBaseConfiguration
    {
        private readonly CallInvoker _invoker;
        private readonly string? _host;

        internal ClientBaseConfiguration(CallInvoker invoker, string? host) => (_invoker, _host) = (invoker, host);

        internal CallInvoker CreateInvoker() => _host is null ? _invoker : new Interceptors.HostCallInvoker(_invoker, _host);
    }
}

/// <summary>The base of a generated client of type <typeparamref name="T"/>.</summary>
public abstract class ClientBase<T> : ClientBase
    where T : ClientBase<T>
{
    /// <summary>A client that can't call: for test doubles.</summary>
    protected ClientBase()
    {
    }

    /// <summary>A client configured as another one is.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
        : base(configuration)
    {
    }

    /// <summary>A client on a channel.</summary>
    protected ClientBase(ChannelBase channel)
        : base(channel)
    {
    }

    /// <summary>A client on an invoker.</summary>
    protected ClientBase(CallInvoker callInvoker)
        : base(callInvoker)
    {
    }

    /// <summary>The same client calling another authority.</summary>
    public T WithHost(string host) => NewInstance(Configuration(host));

    /// <summary>Makes another instance of the generated type.</summary>
    protected abstract T NewInstance(ClientBaseConfiguration configuration);
}
