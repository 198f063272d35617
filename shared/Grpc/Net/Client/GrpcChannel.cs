using System.Collections.Concurrent;
using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Client.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grpc.Net.Client;

/// <summary>A way to a gRPC server over HTTP/2. Costly to make, cheap to share: one per server.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly ConcurrentDictionary<IMethod, Uri> _methods = new();
    private readonly HttpMessageInvoker _http;
    private readonly CancellationTokenSource _closed = new();

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        Address = address;
        MaxSend = options.MaxSendMessageSize;
        MaxReceive = options.MaxReceiveMessageSize;
        ThrowCancelled = options.ThrowOperationCanceledOnCancellation;
        Log = (ILogger?)options.LoggerFactory?.CreateLogger("Grpc.Net.Client") ?? NullLogger.Instance;
        _http = options.HttpHandler is { } handler
            ? new HttpMessageInvoker(handler, options.DisposeHttpClient)
            : new HttpMessageInvoker(new SocketsHttpHandler { EnableMultipleHttp2Connections = true }, true);
    }

    internal Uri Address { get; }

    internal int? MaxSend { get; }

    internal int? MaxReceive { get; }

    internal bool ThrowCancelled { get; }

    internal ILogger Log { get; }

    internal static CompressionLevel Level => CompressionLevel.Fastest;

    internal static TimeProvider Time => TimeProvider.System;

    // Ends every call when the channel is disposed.
    internal CancellationToken Closed { get; private set; }

    /// <summary>A channel to <c>http://host:port</c> (cleartext HTTP/2) or <c>https://host:port</c>.</summary>
    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    /// <inheritdoc cref="ForAddress(Uri, GrpcChannelOptions)"/>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        return ForAddress(new Uri(address), channelOptions);
    }

    /// <summary>A channel to <c>http://host:port</c> (cleartext HTTP/2) or <c>https://host:port</c>.</summary>
    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>A channel with options.</summary>
    /// <exception cref="ArgumentException">The address is not http or https.</exception>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
            throw new ArgumentException($"'{address}' is not an http or https address.", nameof(address));
        var channel = new GrpcChannel(address, channelOptions);
        channel.Closed = channel._closed.Token;
        return channel;
    }

    /// <inheritdoc/>
    public override CallInvoker CreateCallInvoker()
    {
        ObjectDisposedException.ThrowIf(_closed.IsCancellationRequested, this);
        return new ChannelCallInvoker(this);
    }

    /// <summary>Ends the channel's calls with CANCELLED and closes its connections.</summary>
    public void Dispose()
    {
        if (_closed.IsCancellationRequested)
            return;
        _closed.Cancel();
        _http.Dispose();
    }

    internal Uri UriOf(IMethod method) =>
        _methods.GetOrAdd(method, static (method, address) => new Uri(address, method.FullName), Address);

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http.SendAsync(request, cancellationToken);

    /// <inheritdoc/>
    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }
}
