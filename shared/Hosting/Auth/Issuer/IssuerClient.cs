using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Tls;

namespace Recommender.Hosting.Auth.Issuer;

/// <summary>Speaks HTTP with the issuer: trusts its authorities, and shows the token that it may want.</summary>
internal static class IssuerClient
{
    private const int MaxDocument = 1 << 20;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    /// <summary>A client for the issuer's documents, of 1 MiB at most and within five seconds each.</summary>
    /// <exception cref="OptionsException">The issuer's authorities can't be read.</exception>
    public static HttpClient Create(AuthOptions options) =>
        new(new TokenHandler(options.IssuerTokenPath) { InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false, SslOptions = Tls(options.IssuerCaPath) } })
        {
            Timeout = s_timeout,
            MaxResponseContentBufferSize = MaxDocument,
        };

    private static SslClientAuthenticationOptions Tls(string caPath)
    {
        if (caPath.Length == 0) return new SslClientAuthenticationOptions();
        try
        {
            return new SslClientAuthenticationOptions { CertificateChainPolicy = TrustedAuthorities.PolicyOf(caPath) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new OptionsException($"Auth:IssuerCaPath is '{caPath}'; it must name a readable PEM file of certificates: {e.Message}", e);
        }
    }

    /// <summary>Adds the token of a file, which whoever renews it may replace at any time.</summary>
    private sealed class TokenHandler(string path) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (path.Length > 0)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(path, cancellationToken)).Trim());
            var response = await base.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? response : throw new HttpRequestException($"{request.RequestUri} answered {(int)response.StatusCode} {response.StatusCode}");
        }
    }
}
