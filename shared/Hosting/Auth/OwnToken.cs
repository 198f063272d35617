using System.Security.Cryptography;
using System.Text;

namespace Recommender.Hosting.Auth;

/// <summary>A token with which a process calls its own door. It lives as long as the process and is written nowhere.</summary>
public sealed class OwnToken
{
    private readonly Caller _caller = new("own", new HashSet<string> { ServiceScopes.All }, DateTimeOffset.MaxValue);
    private readonly byte[] _bytes;

    /// <summary>With a new token.</summary>
    public OwnToken()
    {
        Token = BearerToken.Create();
        _bytes = Encoding.UTF8.GetBytes(Token);
    }

    /// <summary>The token.</summary>
    public string Token { get; }

    /// <summary>The process itself when the token is its own; otherwise null.</summary>
    internal Caller? Find(string token) => CryptographicOperations.FixedTimeEquals(_bytes, Encoding.UTF8.GetBytes(token)) ? _caller : null;
}
