using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Recommender.Hosting.Auth;

/// <summary>
/// Lets a call in when its caller proves itself and has the scope of the service; otherwise it is UNAUTHENTICATED or PERMISSION_DENIED (UNAVAILABLE while the keys
/// of a token's issuer can't be had) before anything of its message is read. Health is open to all, since probes have no tokens. A stream is judged when it begins, and again while it goes on
/// (<see cref="StreamGuard"/>).
/// </summary>
internal sealed class AuthGate(CallerRegistry callers, TimeProvider time, ILogger<AuthGate> logger)
{
    private const string Health = "grpc.health.v1.Health";

    /// <summary>Judges one request.</summary>
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        // What is no gRPC call has no such mark: health and metrics over HTTP.
        if (http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method is { } method && method.ServiceName != Health)
        {
            var token = BearerToken.Read(http.Request.Headers.Authorization);
            var proof = new CallerProof(callers, token, token is null ? http.Connection.ClientCertificate : null, ServiceScopes.Of(method.ServiceName), time);
            var verdict = await proof.JudgeAsync(http.RequestAborted);
            if (verdict.Caller is null)
            {
                Refuse(http, method, verdict);
                return;
            }
            http.Items[Caller.Key] = verdict.Caller;
            if (method.Type != MethodType.Unary) http.Items[CallerProof.Key] = proof;
        }
        await next(http);
    }

    private void Refuse(HttpContext http, IMethod method, in CallerVerdict verdict)
    {
        AuthMetrics.Refused(verdict.Reason);
        AuthLog.Refused(logger, method.FullName, verdict.Reason);
        CallRefusal.Write(http, method, verdict.Status, verdict.Message);
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
