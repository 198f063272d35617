using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace Recommender.Hosting.Auth;

/// <summary>Callers by what proves them: a token's digest, a name in a certificate, or the subject of an issuer's token. Immutable.</summary>
public sealed class CallerTable
{
    /// <summary>The names of certificates of open connections, which all of a connection's calls share.</summary>
    private static readonly ConditionalWeakTable<X509Certificate2, string[]> s_names = [];

    private readonly FrozenDictionary<string, Caller> _byDigest;
    private readonly FrozenDictionary<string, Caller> _byCertificateName;
    private readonly FrozenDictionary<string, Caller> _bySubject;

    internal CallerTable(
        IReadOnlyDictionary<string, Caller> byDigest, IReadOnlyDictionary<string, Caller> byCertificateName, IReadOnlyDictionary<string, Caller> bySubject)
    {
        _byDigest = byDigest.ToFrozenDictionary(StringComparer.Ordinal);
        _byCertificateName = byCertificateName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _bySubject = bySubject.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Whether any caller proves itself by an issuer's token.</summary>
    public bool HasSubjects => _bySubject.Count > 0;

    /// <summary>
    /// Who has a token; null: nobody. How long it takes tells something about the digest alone, and nobody can choose a token by a digest's
    /// beginning.
    /// </summary>
    public Caller? FindToken(string token) => _byDigest.GetValueOrDefault(BearerToken.Digest(token));

    /// <summary>Who is the subject of a verified token; null: nobody.</summary>
    public Caller? FindSubject(string subject) => _bySubject.GetValueOrDefault(subject);

    /// <summary>Who is named by a certificate: by one of its DNS names, or where it has none by its common name. The transport has verified it.</summary>
    public Caller? FindCertificate(X509Certificate2 certificate)
    {
        foreach (var name in s_names.GetValue(certificate, NamesOf))
            if (_byCertificateName.TryGetValue(name, out var caller)) return caller;
        return null;
    }

    private static string[] NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames()).ToArray();
        return names.Length > 0 ? names : [certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)];
    }
}
