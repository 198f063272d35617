using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Recommender.Hosting.Tls;

/// <summary>Authorities of one's own, from a PEM file, in place of the system's.</summary>
public static class TrustedAuthorities
{
    /// <summary>A policy that trusts the authorities of the file alone; whether a certificate was revoked is not asked.</summary>
    /// <exception cref="CryptographicException">The file is no PEM, or holds no certificate.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static X509ChainPolicy PolicyOf(string path)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(path);
        return policy.CustomTrustStore.Count > 0 ? policy : throw new CryptographicException($"{path} holds no certificate");
    }
}
