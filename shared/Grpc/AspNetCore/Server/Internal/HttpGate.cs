using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Grpc.AspNetCore.Server.Internal;

// What must hold of an HTTP request before it is a gRPC call.
internal static class HttpGate
{
    private const string ContentType = "application/grpc";

    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType is { } type
        && type.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (type.Length == ContentType.Length || type[ContentType.Length] is '+' or ';');

    // Another status than 200, so that no HTTP client takes the answer for a success.
    public static bool TryRefuse(HttpContext http, CallSettings settings)
    {
        var status = 0;
        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
        {
            status = StatusCodes.Status426UpgradeRequired;
            http.Response.Headers[HeaderNames.Upgrade] = "h2c";
            http.Response.Headers[HeaderNames.Connection] = "Upgrade";
        }
        else if (!IsGrpc(http.Request))
        {
            status = StatusCodes.Status415UnsupportedMediaType;
        }
        if (status == 0)
            return false;
        http.Response.StatusCode = status;
        settings.Log.RequestRefused(http.Request.Path, status);
        return true;
    }
}
