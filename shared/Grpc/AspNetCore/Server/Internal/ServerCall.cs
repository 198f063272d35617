using System.Net.Sockets;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

// One call on an HTTP request: the handler's view of it.
internal sealed partial class ServerCall(HttpContext http, IMethod method, CallSettings settings) : ServerCallContext, IAsyncDisposable
{
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private Status _status = Status.DefaultSuccess;
    private string? _peer;

    public HttpContext Http => http;

    public CallSettings Settings => settings;

    protected override string MethodCore => method.FullName;

    protected override string HostCore => http.Request.Host.Value ?? "";

    protected override string PeerCore => _peer ??= DescribePeer();

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadHeaders();

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore
    {
        get => _status;
        set => _status = value;
    }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => new(null, []);

    // Telemetry and middleware see one dictionary with the handler.
    protected override IDictionary<object, object> UserStateCore => http.Items!;

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException("Pass the deadline and the cancellation token on in the call options.");

    private Metadata ReadHeaders()
    {
        var metadata = new Metadata();
        foreach (var (name, values) in http.Request.Headers)
        {
            var key = name.ToLowerInvariant();
            if (MetadataCodec.IsReserved(key))
                continue;
            foreach (var value in values)
                if (value is not null && !MetadataCodec.TryAddReceived(metadata, key, value))
                    throw WireError.Malformed($"The header '{key}' is not base64.");
        }
        return metadata;
    }

    private string DescribePeer()
    {
        var connection = http.Connection;
        return connection.RemoteIpAddress switch
        {
            null => "unknown",
            { AddressFamily: AddressFamily.InterNetworkV6 } address => $"ipv6:[{address}]:{connection.RemotePort}",
            var address => $"ipv4:{address}:{connection.RemotePort}",
        };
    }
}
