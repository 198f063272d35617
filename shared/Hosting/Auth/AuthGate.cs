using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Recommender.Hosting.Telemetry;

namespace Recommender.Hosting.Auth;

/// <summary>
/// Lets a call in when its caller proves itself and has the scope of the service; otherwise it is UNAUTHENTICATED or PERMISSION_DENIED before
/// anything of its message is read. Health is open to all, since probes have no tokens. A stream is judged when it begins, and again while it goes on
/// (<see cref="StreamGuard"/>).
/// </summary>
internal sealed class AuthGate(CallerRegistry callers, TimeProvider time, ILogger<AuthGate> logger)
{
    private const string Health = "grpc.health.v1.Health";

    /// <summary>Judges one request.</summary>
    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        // What is no gRPC call has no such mark: health and metrics over HTTP.
        if (http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method is not { } method || method.ServiceName == Health) return next(http);
        var scope = ServiceScopes.Of(method.ServiceName);
        var token = BearerToken.Read(http.Request.Headers.Authorization);
        var proof = new CallerProof(callers, token, token is null ? http.Connection.ClientCertificate : null, scope, time);
        if (proof.Find() is not { } caller)
        {
            return token is null
                ? RefuseAsync(http, method, StatusCode.Unauthenticated, "missing", "the call needs the header 'authorization: Bearer TOKEN', or a certificate of a known caller")
                : RefuseAsync(http, method, StatusCode.Unauthenticated, "unknown", "the token is unknown");
        }
        if (caller.Expires <= time.GetUtcNow()) return RefuseAsync(http, method, StatusCode.Unauthenticated, "expired", "the caller's time is over");
        if (!caller.Has(scope)) return RefuseAsync(http, method, StatusCode.PermissionDenied, "scope", $"the caller {caller.Name} has not the scope {scope}");
        http.Items[Caller.Key] = caller;
        if (method.Type != MethodType.Unary) http.Items[CallerProof.Key] = proof;
        return next(http);
    }

    /// <summary>Answers with headers alone, as the protocol has it for a call that ends before it began (Trailers-Only).</summary>
    private Task RefuseAsync(HttpContext http, IMethod method, StatusCode status, string reason, string message)
    {
        AuthMetrics.Refused(reason);
        CallMetrics.Record(method.FullName, status, TimeSpan.Zero);
        AuthLog.Refused(logger, method.FullName, reason);
        http.Response.ContentType = "application/grpc";
        http.Response.Headers["grpc-status"] = ((int)status).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["grpc-message"] = message; // plain ASCII without percent signs, as the header wants it
        return Task.CompletedTask;
    }
}

internal static partial class AuthLog
{
    [LoggerMessage(EventId = 1033, EventName = "CallRefused", Level = LogLevel.Debug, Message = "The call {Method} was refused: {Reason}")]
    public static partial void Refused(ILogger logger, string method, string reason);

    [LoggerMessage(EventId = 1034, EventName = "DoorOpenToAll", Level = LogLevel.Warning,
        Message = "The gRPC door listens on {Host} and takes calls from anyone who reaches it; Auth:CallersPath or Server:TlsClientCaPath closes it")]
    public static partial void OpenToAll(ILogger logger, string host);
}
