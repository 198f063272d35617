using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Recommender.Standalone.Embedded;

namespace Recommender.Tests.Integration.Doors;

/// <summary>An OpenID Connect issuer on loopback: publishes its keys, and signs tokens by the newest of them.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    private readonly List<ECDsaSecurityKey> _keys = [NewKey()];
    private readonly ReservedPort _port = new();
    private readonly string? _wanted;
    private WebApplication? _app;

    /// <param name="wanted">A bearer token without which it publishes nothing; null: it asks for none.</param>
    public TestIssuer(string? wanted = null) => _wanted = wanted;

    /// <summary>Its name and address; known once it runs.</summary>
    public string Url { get; private set; } = "";

    public int Requests { get; private set; }

    /// <summary>Begins to answer, at the address it had before.</summary>
    public async Task StartAsync((string Certificate, string Key)? tls = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (tls is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, _port.Number, listen => Listen(listen, tls)));
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", (HttpContext http) => Publish(http, $$"""{"issuer":"{{Url}}","jwks_uri":"{{Url}}/keys"}"""));
        _app.MapGet("/keys", (HttpContext http) => Publish(http, $$"""{"keys":[{{string.Join(',', _keys.Select(JsonOf))}}]}"""));
        await _app.StartAsync();
        Url = new UriBuilder(tls is null ? "http" : "https", "127.0.0.1", _port.Number).Uri.ToString().TrimEnd('/');
    }

    public async Task StopAsync()
    {
        if (_app is null) return;
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>Signs by a new key from now on, and no longer publishes those before.</summary>
    public void Turn()
    {
        _keys.Clear();
        _keys.Add(NewKey());
    }

    /// <summary>A token as the issuer would give, or with what is wrong about it.</summary>
    public string Token(string? subject, string audience = "recommender", TimeSpan? endsIn = null, TimeSpan? beginsIn = null, string? issuer = null, SigningCredentials? by = null)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var (begins, ends) = (now + (beginsIn ?? TimeSpan.FromMinutes(-5)), now + (endsIn ?? TimeSpan.FromMinutes(5)));
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Url,
            Audience = audience,
            NotBefore = begins,
            Expires = ends,
            Claims = subject is null ? null : new Dictionary<string, object> { ["sub"] = subject },
            SigningCredentials = by ?? new SigningCredentials(_keys[^1], SecurityAlgorithms.EcdsaSha256),
        });
    }

    /// <summary>A signature by another key under the name of the issuer's.</summary>
    public SigningCredentials Forged() => new(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = _keys[^1].KeyId }, SecurityAlgorithms.EcdsaSha256);

    /// <summary>What anyone can make who knows the published key.</summary>
    public SigningCredentials BySharedSecret() =>
        new(new SymmetricSecurityKey(_keys[^1].ECDsa.ExportSubjectPublicKeyInfo()) { KeyId = _keys[^1].KeyId }, SecurityAlgorithms.HmacSha256);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _port.Dispose();
        foreach (var key in _keys) key.ECDsa.Dispose();
    }

    private static void Listen(ListenOptions listen, (string Certificate, string Key)? tls)
    {
        if (tls is not { } files) return;
        using var pem = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
        listen.UseHttps(System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadPkcs12(pem.Export(System.Security.Cryptography.X509Certificates.X509ContentType.Pkcs12), null));
    }

    private IResult Publish(HttpContext http, string json)
    {
        Requests++;
        return _wanted is not null && http.Request.Headers.Authorization != "Bearer " + _wanted ? Results.Unauthorized() : Results.Text(json, "application/json");
    }

    private static ECDsaSecurityKey NewKey() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = Guid.NewGuid().ToString("N") };

    private static string JsonOf(ECDsaSecurityKey key)
    {
        var point = key.ECDsa.ExportParameters(false).Q;
        return $$"""{"kty":"EC","use":"sig","crv":"P-256","alg":"ES256","kid":"{{key.KeyId}}","x":"{{Base64UrlEncoder.Encode(point.X)}}","y":"{{Base64UrlEncoder.Encode(point.Y)}}"}""";
    }
}
