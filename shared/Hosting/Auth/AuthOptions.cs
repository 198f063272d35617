using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Auth;

/// <summary>Who may call the gRPC doors. Section <c>Auth</c>.</summary>
public sealed record AuthOptions : IOptionsRecord
{
    private const int MaxAudience = 256;

    /// <inheritdoc/>
    public static string Section => "Auth";

    /// <summary>
    /// File that names the callers, how each proves itself (a bearer token's SHA-256, the name in its certificate, or the subject of a token of the issuer),
    /// and its scopes. It is read again when it changes. Empty: whoever reaches the door may call.
    /// </summary>
    public string CallersPath { get; init; } = "";

    /// <summary>
    /// OpenID Connect issuer whose signed tokens (JWT) prove callers by their subject: its URL as tokens have it, <c>https</c>, or <c>http</c> on loopback. Its keys
    /// are found through <c>/.well-known/openid-configuration</c>. Empty: such tokens are unknown.
    /// </summary>
    public string Issuer { get; init; } = "";

    /// <summary>What the issuer's tokens must be meant for (<c>aud</c>): 1 to 256 characters. Needed with an issuer.</summary>
    public string Audience { get; init; } = "";

    /// <summary>PEM file of the authorities that the issuer's certificate must come from. Empty: those of the system.</summary>
    public string IssuerCaPath { get; init; } = "";

    /// <summary>File with a bearer token to show to the issuer, as the one of a Kubernetes cluster may want it. It is read at each request. Empty: none.</summary>
    public string IssuerTokenPath { get; init; } = "";

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        // The file of callers is judged when it is read, with the number of the wrong line.
        if (Issuer.Length == 0)
        {
            check.That(Audience.Length == 0, Audience, "it needs Auth:Issuer");
            check.That(IssuerCaPath.Length == 0, IssuerCaPath, "it needs Auth:Issuer");
            check.That(IssuerTokenPath.Length == 0, IssuerTokenPath, "it needs Auth:Issuer");
            return;
        }
        check.That(IsSafe(Issuer), Issuer, "it must be a URL such as https://issuer.example.org without query and fragment; http is for loopback alone");
        check.That(Audience.Length is > 0 and <= MaxAudience, Audience, "it must have 1 to 256 characters, since tokens for others must not open this door");
        check.That(CallersPath.Length > 0, CallersPath, "it must name a file: Auth:Issuer proves who calls, and the file says what they may");
    }

    private static bool IsSafe(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
