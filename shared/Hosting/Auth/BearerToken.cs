using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Recommender.Hosting.Auth;

/// <summary>
/// Bearer tokens (RFC 6750). Our own are 256 random bits behind a prefix by which scanners for leaked secrets find them. Servers keep a token's SHA-256
/// alone; with that much randomness a plain hash can't be turned back, so none that is slow on purpose is needed.
/// </summary>
public static class BearerToken
{
    /// <summary>Longest token taken, in characters: signed ones carry what their issuer says of a caller.</summary>
    public const int MaxLength = 8192;

    private const string Prefix = "rcm_";
    private const string Scheme = "Bearer ";

    /// <summary>Makes a new token.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>SHA-256 of a token's UTF-8, in lower-case hexadecimal, as the file of callers has it.</summary>
    public static string Digest(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Whether a token may be a signed one (JWS in compact form, RFC 7515): three parts with dots between.</summary>
    public static bool IsSigned(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.AsSpan().Count('.') == 2;
    }

    /// <summary>The token of an <c>authorization</c> header; null when it holds none.</summary>
    public static string? Read(string? header) =>
        header is not null && header.Length <= Scheme.Length + MaxLength && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;
}
