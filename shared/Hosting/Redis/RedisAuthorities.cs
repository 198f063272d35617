using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Recommender.Hosting.Redis;

/// <summary>Authorities besides those of the system that sign the certificates of Redis servers.</summary>
/// <param name="path">A PEM file of their certificates.</param>
internal sealed class RedisAuthorities(string path)
{
    private readonly X509Certificate2Collection _authorities = Read(path);

    /// <summary>Whether a server's certificate is for the name that was asked for, and signed by one of the authorities.</summary>
    public bool Trusts(object sender, X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
            return false;

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // a private authority has no list of them
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        if (sent is not null)
        {
            foreach (var element in sent.ChainElements)
                chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        using var server = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(server);
    }

    private static X509Certificate2Collection Read(string path)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities;
    }
}
