using System.Net;
using Grpc.Core;

namespace Grpc.Net.Client.Internal;

// What HTTP's own failures mean for a call.
internal static class StatusMapping
{
    // Table "HTTP to gRPC Status Code Mapping" of the gRPC specification.
    public static Status FromHttp(HttpStatusCode status) => new(
        (int)status switch
        {
            400 => StatusCode.Internal,
            401 => StatusCode.Unauthenticated,
            403 => StatusCode.PermissionDenied,
            404 => StatusCode.Unimplemented,
            429 or 502 or 503 or 504 => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        },
        $"The server answered with HTTP status {(int)status}.");

    public static Status FromException(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
            if (inner is HttpProtocolException protocol)
                return new Status(FromHttp2(protocol.ErrorCode), $"The stream was reset: {protocol.Message}", exception);
        return exception switch
        {
            HttpRequestException or IOException =>
                new Status(StatusCode.Unavailable, $"The server can't be reached: {exception.Message}", exception),
            OperationCanceledException => new Status(StatusCode.Cancelled, "The call was cancelled.", exception),
            _ => new Status(StatusCode.Internal, $"The call failed: {exception.Message}", exception),
        };
    }

    // Table "Errors" of the gRPC over HTTP/2 specification.
    private static StatusCode FromHttp2(long errorCode) => errorCode switch
    {
        0x7 => StatusCode.Unavailable,
        0x8 => StatusCode.Cancelled,
        0xb => StatusCode.ResourceExhausted,
        0xc => StatusCode.PermissionDenied,
        _ => StatusCode.Internal,
    };
}
