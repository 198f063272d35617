using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Recommender.Hosting.Auth.Issuer;

namespace Recommender.Hosting.Auth;

/// <summary>
/// By what the caller proves itself: judged when the call begins, and for a stream again every few seconds that messages come, so that a token that was taken back,
/// or is over, opens no stream for ever. Not safe for concurrent use.
/// </summary>
internal sealed class CallerProof(CallerRegistry callers, string? token, X509Certificate2? certificate, string? scope, TimeProvider time)
{
    private static readonly TimeSpan s_askAgain = TimeSpan.FromSeconds(5);

    /// <summary>Clocks of issuers and of this machine may differ by as much.</summary>
    private static readonly TimeSpan s_clockDoubt = TimeSpan.FromSeconds(30);

    private static readonly CallerVerdict s_expired = CallerVerdict.Unauthenticated("expired", "the caller's time is over");

    private long _askedAt = time.GetTimestamp();

    /// <summary>Key of the proof among what belongs to a call.</summary>
    internal static object Key { get; } = new();

    /// <summary>The proof of a call; null where callers need none.</summary>
    public static CallerProof? Of(ServerCallContext context) => context.UserState.TryGetValue(Key, out var proof) ? (CallerProof)proof : null;

    /// <summary>Who proves itself by it now and may call.</summary>
    public async ValueTask<CallerVerdict> JudgeAsync(CancellationToken cancellationToken)
    {
        var found = token is not null ? await FindByTokenAsync(token, cancellationToken) : FindByCertificate();
        if (found.Caller is not { } caller) return found;
        if (caller.Expires <= time.GetUtcNow()) return s_expired;
        return caller.Has(scope) ? CallerVerdict.Of(caller) : CallerVerdict.Denied("scope", $"the caller {caller.Name} has not the scope {scope}");
    }

    /// <summary>Ends the stream of a caller who may not call any more.</summary>
    /// <exception cref="RpcException">UNAUTHENTICATED or PERMISSION_DENIED.</exception>
    public async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_askedAt) < s_askAgain) return;
        _askedAt = time.GetTimestamp();
        var verdict = await JudgeAsync(cancellationToken);
        // That an issuer is out of reach takes nothing back.
        if (verdict.Caller is not null || verdict.Status == StatusCode.Unavailable) return;
        AuthMetrics.Refused(verdict.Status == StatusCode.Unauthenticated ? "withdrawn" : verdict.Reason);
        throw new RpcException(new Status(verdict.Status, $"{verdict.Message}; the stream ends"));
    }

    private CallerVerdict FindByCertificate() =>
        certificate is not null && callers.FindCertificate(certificate) is { } caller
            ? CallerVerdict.Of(caller)
            : CallerVerdict.Unauthenticated("missing", "the call needs the header 'authorization: Bearer TOKEN', or a certificate of a known caller");

    private async ValueTask<CallerVerdict> FindByTokenAsync(string token, CancellationToken cancellationToken)
    {
        if (callers.FindToken(token) is { } known) return CallerVerdict.Of(known);
        if (callers.Issuer is not { } issuer || !BearerToken.IsSigned(token)) return CallerVerdict.Unauthenticated("unknown", "the token is unknown");
        try
        {
            var verified = await issuer.VerifyAsync(token, cancellationToken);
            if (verified.Begins > time.GetUtcNow() + s_clockDoubt) return CallerVerdict.Unauthenticated("unknown", "the token's time has not begun");
            if (callers.FindSubject(verified.Subject) is not { } caller) return CallerVerdict.Denied("subject", "the token's subject is no caller here");
            // Nothing is added to an end, which may be that of all time.
            return verified.Ends <= time.GetUtcNow() - s_clockDoubt ? s_expired : CallerVerdict.Of(caller);
        }
        catch (TokenRefusedException e)
        {
            var status = e.Reason == TokenRefusedException.Unreachable ? StatusCode.Unavailable : StatusCode.Unauthenticated;
            return new CallerVerdict(null, status, e.Reason, e.Message);
        }
    }
}
