using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Internal;

// Reads a call's outcome from an HTTP response.
internal static class ResponseStatus
{
    // Throws when the headers say that the call has failed, or are no gRPC response's.
    public static void CheckHeaders(HttpResponseMessage response)
    {
        var headers = response.Headers.NonValidated;
        var isGrpc = response.Content.Headers.NonValidated.TryGetValues("content-type", out var type)
            && type.ToString().StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);
        if (isGrpc && TryRead(headers, out var status) && status.StatusCode != StatusCode.OK)
            throw new RpcException(status, ToMetadata(headers));
        if (response.StatusCode != HttpStatusCode.OK)
            throw new RpcException(StatusMapping.FromHttp(response.StatusCode));
        if (!isGrpc)
            throw new RpcException(new Status(StatusCode.Unknown, $"The response's content type '{type}' is not gRPC's."));
        if (Encoding(response) is { } encoding and not (MessageEncoding.Identity or MessageEncoding.Gzip))
            throw WireError.Malformed($"The response's message encoding '{encoding}' is not supported: {MessageEncoding.Accepted} are.");
    }

    // After the last message. A status in the headers is the whole of a response without messages.
    public static Status FromTrailers(HttpResponseMessage response, out Metadata trailers)
    {
        var source = response.TrailingHeaders.NonValidated;
        if (!TryRead(source, out var status))
        {
            source = response.Headers.NonValidated;
            if (!TryRead(source, out status))
                status = new Status(StatusCode.Unknown, "The response ends without a grpc-status.");
        }
        trailers = ToMetadata(source);
        return status;
    }

    public static Metadata Headers(HttpResponseMessage response) =>
        response.Headers.NonValidated.Contains("grpc-status") ? [] : ToMetadata(response.Headers.NonValidated);

    public static string? Encoding(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("grpc-encoding", out var values) ? values.ToString() : null;

    private static bool TryRead(HttpHeadersNonValidated headers, out Status status)
    {
        status = default;
        if (!headers.TryGetValues("grpc-status", out var values))
            return false;
        var known = int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            && code <= (int)StatusCode.Unauthenticated;
        var detail = headers.TryGetValues("grpc-message", out var message) ? PercentEncoding.Decode(message.ToString()) : "";
        status = new Status(known ? (StatusCode)code : StatusCode.Unknown, detail);
        return true;
    }

    private static Metadata ToMetadata(HttpHeadersNonValidated headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers)
        {
            var key = name.ToLowerInvariant();
            if (MetadataCodec.IsReserved(key))
                continue;
            foreach (var value in values)
                MetadataCodec.TryAddReceived(metadata, key, value);
        }
        return metadata;
    }
}
