using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Recommender.Standalone.Cli;

/// <summary>What the command shows to a door that asks who calls: a certificate (mTLS), a bearer token, both or neither.</summary>
/// <param name="certificate">The certificate with its key.</param>
/// <param name="token">The token.</param>
internal sealed class ClientIdentity(X509Certificate2? certificate, string? token)
{
    private const string TokenFileVariable = "RECOMMENDER_TOKEN_FILE";

    /// <summary>Shows nothing.</summary>
    public static ClientIdentity None { get; } = new(null, null);

    /// <summary>Shows a token.</summary>
    public static ClientIdentity OfToken(string token) => new(null, token);

    /// <summary>Reads the files; the token's is the one in <c>RECOMMENDER_TOKEN_FILE</c> where no other is named.</summary>
    /// <exception cref="CommandFailure">One of them is missing, or can't be used.</exception>
    public static ClientIdentity Read(string? certificatePath, string? keyPath, string? tokenPath)
    {
        if (certificatePath is null != keyPath is null) throw CommandFailure.Usage("--cert and --key belong together; one of them is missing.");
        if (tokenPath is null && Environment.GetEnvironmentVariable(TokenFileVariable) is { Length: > 0 } fromEnvironment) tokenPath = fromEnvironment;
        return new ClientIdentity(certificatePath is null ? null : ReadCertificate(certificatePath, keyPath!), tokenPath is null ? null : ReadToken(tokenPath));
    }

    /// <summary>A transport that shows it.</summary>
    public HttpMessageHandler Handler()
    {
        var sockets = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        if (certificate is not null)
            sockets.SslOptions = new SslClientAuthenticationOptions { ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) };
        return token is null ? sockets : new TokenHandler(new AuthenticationHeaderValue("Bearer", token), sockets);
    }

    private static X509Certificate2 ReadCertificate(string certificatePath, string keyPath)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw CommandFailure.Usage($"{certificatePath} and {keyPath} can't be used as a certificate and its key: {e.Message}");
        }
    }

    private static string ReadToken(string path)
    {
        try
        {
            var token = File.ReadAllText(path).Trim();
            // What else is in it is not said: it may be a secret.
            if (token.Length == 0 || token.Any(c => c is <= ' ' or > '~')) throw CommandFailure.Usage($"{path} must hold one token and nothing else.");
            return token;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Usage($"The token can't be read: {e.Message}");
        }
    }

    /// <summary>Adds the token to every call.</summary>
    private sealed class TokenHandler(AuthenticationHeaderValue header, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = header;
            return base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>The options <c>--cert</c>, <c>--key</c> and <c>--token-file</c>.</summary>
internal sealed class ClientIdentityOptions
{
    private readonly Option<string?> _cert = new("--cert") { Description = "PEM file with the certificate to show to a server that asks for one.", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--key") { Description = "PEM file with the certificate's private key.", HelpName = "FILE" };
    private readonly Option<string?> _token = new("--token-file")
    {
        Description = "File with the bearer token to show to a server that asks for one. Without it: the file that RECOMMENDER_TOKEN_FILE names, if any.",
        HelpName = "FILE",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_cert);
        command.Options.Add(_key);
        command.Options.Add(_token);
    }

    /// <summary>What was given.</summary>
    /// <exception cref="CommandFailure">A file is missing, or can't be used.</exception>
    public ClientIdentity Read(ParseResult parsed) => ClientIdentity.Read(parsed.GetValue(_cert), parsed.GetValue(_key), parsed.GetValue(_token));
}
