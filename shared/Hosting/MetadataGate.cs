using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Recommender.Hosting;

/// <summary>
/// Refuses a call whose metadata is too large with RESOURCE_EXHAUSTED. The server's own answer would be no gRPC status, and beyond twice its limit the
/// end of the connection with all other calls on it, which behind a proxy are other people's.
/// </summary>
internal static class MetadataGate
{
    /// <summary>What HTTP/2 counts for an entry beside its name and value, in bytes (RFC 9113, section 6.5.2).</summary>
    private const int EntryOverhead = 32;

    /// <summary>Up to here the call alone ends, in bytes.</summary>
    private const int ServerLimit = 512 << 10;

    /// <summary>Lets the server take what is to be refused here.</summary>
    public static void Allow(KestrelServerLimits limits)
    {
        limits.MaxRequestHeadersTotalSize = ServerLimit;
        limits.MaxRequestHeaderCount = ServerLimit / EntryOverhead;
        limits.Http2.MaxRequestHeaderFieldSize = ServerLimit;
    }

    /// <summary>Puts the gate before what is mapped afterwards.</summary>
    public static void UseMetadataGate(this IApplicationBuilder app, int maxBytes) => app.Use((http, next) =>
    {
        var size = 0L;
        foreach (var (name, values) in http.Request.Headers)
        {
            foreach (var value in values) size += name.Length + (value?.Length ?? 0) + EntryOverhead;
        }
        if (size <= maxBytes || http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method is not { } method) return next(http);
        CallRefusal.Write(http, method, StatusCode.ResourceExhausted, $"metadata: has {size} bytes; at most {maxBytes} are allowed");
        return Task.CompletedTask;
    });
}
