using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Auth.Issuer;

/// <summary>
/// Verifies signed tokens (JWT, RFC 7519) of an OpenID Connect issuer by its published keys. Keys are read again every hour, and when a token names one
/// that is not among them, at most every half minute. What was verified is remembered for a minute, since a signature costs more than an answer from a list.
/// </summary>
internal sealed class TokenIssuer : IDisposable
{
    private const int MaxRemembered = 10_000;
    private const string Discovery = "/.well-known/openid-configuration";
    private static readonly TimeSpan s_remembered = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    /// <summary>Signatures by a private key alone: whoever can verify a token must not be able to make one.</summary>
    private static readonly string[] s_algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly HttpClient _client;
    private readonly ConfigurationManager<OpenIdConnectConfiguration> _keys;
    private readonly MemoryCache _verified = new(new MemoryCacheOptions { SizeLimit = MaxRemembered });
    private readonly JsonWebTokenHandler _handler = new();
    private readonly TokenValidationParameters _rules;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _failedAt;

    /// <summary>Nothing is asked for before the first token comes, so that a process starts without its issuer.</summary>
    /// <exception cref="OptionsException">The issuer's authorities can't be read.</exception>
    public TokenIssuer(AuthOptions options, TimeProvider time, ILogger<TokenIssuer> logger)
    {
        (_time, _logger) = (time, logger);
        _client = IssuerClient.Create(options);
        // Whether the addresses are safe is judged with the options; that of the keys comes from the issuer itself.
        var documents = new HttpDocumentRetriever(_client) { RequireHttps = !new Uri(options.Issuer).IsLoopback };
        _keys = new ConfigurationManager<OpenIdConnectConfiguration>(options.Issuer.TrimEnd('/') + Discovery, new OpenIdConnectConfigurationRetriever(), documents)
        {
            AutomaticRefreshInterval = TimeSpan.FromHours(1),
            RefreshInterval = TimeSpan.FromSeconds(30),
        };
        _rules = new TokenValidationParameters
        {
            ConfigurationManager = _keys,
            ValidIssuer = options.Issuer,
            ValidAudience = options.Audience,
            ValidAlgorithms = s_algorithms,
            // Times are judged at every use, by our own clock.
            ValidateLifetime = false,
        };
    }

    /// <summary>Verifies a token's signature, issuer and audience; its times are left to the caller.</summary>
    /// <exception cref="TokenRefusedException">It proves nobody, or that can't be told now.</exception>
    public async ValueTask<VerifiedToken> VerifyAsync(string token, CancellationToken cancellationToken)
    {
        var digest = BearerToken.Digest(token);
        if (_verified.TryGetValue(digest, out VerifiedToken? known)) return known!;
        await FindKeysAsync(cancellationToken);
        var result = await _handler.ValidateTokenAsync(token, _rules);
        if (!result.IsValid) throw Refused(result.Exception);
        var jwt = (JsonWebToken)result.SecurityToken;
        if (string.IsNullOrEmpty(jwt.Subject)) throw new TokenRefusedException("unknown", "the token names no subject");
        if (jwt.ValidTo == DateTime.MinValue) throw new TokenRefusedException("unknown", "the token has no end");
        var verified = new VerifiedToken(jwt.Subject, At(jwt.ValidFrom), At(jwt.ValidTo));
        _verified.Set(digest, verified, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = s_remembered });
        return verified;
    }

    public void Dispose()
    {
        _verified.Dispose();
        _client.Dispose();
    }

    /// <summary>Sees to it that there are keys, or says that there are none: without them a good token would look like a wrong one.</summary>
    private async ValueTask FindKeysAsync(CancellationToken cancellationToken)
    {
        var failedAt = Volatile.Read(ref _failedAt);
        if (failedAt != 0 && _time.GetElapsedTime(failedAt) < s_pause) throw Unreachable();
        try
        {
            await _keys.GetConfigurationAsync(cancellationToken);
            Volatile.Write(ref _failedAt, 0);
        }
        catch (InvalidOperationException e)
        {
            Volatile.Write(ref _failedAt, _time.GetTimestamp());
            IssuerLog.Unreachable(_logger, _rules.ValidIssuer, e.GetBaseException().Message);
            throw Unreachable();
        }
    }

    private static DateTimeOffset At(DateTime utc) => new(DateTime.SpecifyKind(utc, DateTimeKind.Utc));

    private static TokenRefusedException Unreachable() => new(TokenRefusedException.Unreachable, "the keys of the token's issuer can't be read now");

    private static TokenRefusedException Refused(Exception? why) => new("unknown", why switch
    {
        SecurityTokenInvalidAudienceException => "the token is for another audience",
        SecurityTokenInvalidIssuerException => "the token is of another issuer",
        SecurityTokenInvalidSignatureException or SecurityTokenInvalidAlgorithmException => "the token's signature is not of the issuer's keys",
        _ => "the token is unknown",
    });
}

internal static partial class IssuerLog
{
    [LoggerMessage(EventId = 1035, EventName = "IssuerUnreachable", Level = LogLevel.Error, Message = "The keys of {Issuer} can't be read; calls with its tokens are UNAVAILABLE: {Problem}")]
    public static partial void Unreachable(ILogger logger, string issuer, string problem);
}
