using System.CommandLine;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Recommender.Standalone.Cli;

/// <summary>The certificate that the command shows to a door that asks for one (mTLS).</summary>
internal sealed class ClientCertificate
{
    private readonly X509Certificate2 _certificate;

    private ClientCertificate(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>The options <c>--cert</c> and <c>--key</c>.</summary>
    public static (Option<string> Cert, Option<string> Key) Options() =>
    (
        new Option<string>("--cert") { Description = "PEM file with the certificate to show to a server that asks for one.", HelpName = "FILE" },
        new Option<string>("--key") { Description = "PEM file with the certificate's private key.", HelpName = "FILE" });

    /// <summary>Reads both files; null when neither is named.</summary>
    /// <exception cref="CommandFailure">One of them is missing, or they can't be used.</exception>
    public static ClientCertificate? Read(string? certificatePath, string? keyPath)
    {
        if (certificatePath is null && keyPath is null) return null;
        if (certificatePath is null || keyPath is null) throw CommandFailure.Usage("--cert and --key belong together; one of them is missing.");
        try
        {
            return new ClientCertificate(X509Certificate2.CreateFromPemFile(certificatePath, keyPath));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw CommandFailure.Usage($"{certificatePath} and {keyPath} can't be used as a certificate and its key: {e.Message}");
        }
    }

    /// <summary>A transport that shows it.</summary>
    public SocketsHttpHandler Handler() => new()
    {
        EnableMultipleHttp2Connections = true,
        SslOptions = new SslClientAuthenticationOptions { ClientCertificateContext = SslStreamCertificateContext.Create(_certificate, null, offline: true) },
    };
}
