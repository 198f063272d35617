using System.Security.Cryptography.X509Certificates;
using Grpc.Core;

namespace Recommender.Hosting.Auth;

/// <summary>
/// By what the caller of a stream proved itself: asked again every few seconds that messages come, so that a token that was taken back, or is over, opens
/// no stream for ever. Not safe for concurrent use.
/// </summary>
internal sealed class CallerProof(CallerRegistry callers, string? token, X509Certificate2? certificate, string? scope, TimeProvider time)
{
    private static readonly TimeSpan s_askAgain = TimeSpan.FromSeconds(5);
    private long _askedAt = time.GetTimestamp();

    /// <summary>Key of the proof among what belongs to a call.</summary>
    internal static object Key { get; } = new();

    /// <summary>The proof of a call; null where callers need none.</summary>
    public static CallerProof? Of(ServerCallContext context) => context.UserState.TryGetValue(Key, out var proof) ? (CallerProof)proof : null;

    /// <summary>Who proves itself by it now; null: nobody.</summary>
    public Caller? Find() => token is not null ? callers.FindToken(token) : certificate is not null ? callers.FindCertificate(certificate) : null;

    /// <summary>Ends the stream of a caller who may not call any more.</summary>
    /// <exception cref="RpcException">UNAUTHENTICATED or PERMISSION_DENIED.</exception>
    public void Check()
    {
        if (time.GetElapsedTime(_askedAt) < s_askAgain) return;
        _askedAt = time.GetTimestamp();
        if (Find() is not { } caller || caller.Expires <= time.GetUtcNow())
        {
            AuthMetrics.Refused("withdrawn");
            throw new RpcException(new Status(StatusCode.Unauthenticated, "the caller may not call any more"));
        }
        if (caller.Has(scope)) return;
        AuthMetrics.Refused("scope");
        throw new RpcException(new Status(StatusCode.PermissionDenied, $"the caller {caller.Name} has not the scope {scope} any more"));
    }
}
