using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Recommender.Hosting.Configuration;

namespace Recommender.Hosting.Tls;

/// <summary>
/// The certificate of the gRPC door, read from files that a secret's volume replaces when the certificate is renewed: a new connection gets
/// the new one, and nothing restarts. Files that are unreadable for a while leave the one at hand in use.
/// </summary>
internal sealed class ServerCertificate
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(10);
    private readonly ServerOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private State _state;

    /// <summary>Reads the files.</summary>
    /// <exception cref="OptionsException">They can't be used; the message says which setting names them.</exception>
    public ServerCertificate(ServerOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        try
        {
            _state = Read(Fingerprint());
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw new OptionsException(
                $"Server:TlsCertificatePath, Server:TlsKeyPath and Server:TlsClientCaPath must name readable PEM files that belong together: {e.Message}", e);
        }
    }

    /// <summary>Where a renewal that could not be read is told; nowhere before the host has a log.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>What a new connection is secured with.</summary>
    public SslServerAuthenticationOptions Current()
    {
        lock (_lock)
        {
            if (_time.GetElapsedTime(_state.LookedAt) >= s_lookAgain) LookAgain();
            return _state.Tls;
        }
    }

    private void LookAgain()
    {
        try
        {
            var fingerprint = Fingerprint();
            _state = fingerprint.AsSpan().SequenceEqual(_state.Fingerprint) ? _state with { LookedAt = _time.GetTimestamp() } : Read(fingerprint);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            _state = _state with { LookedAt = _time.GetTimestamp() };
            if (Logger is { } logger) ServerCertificateLog.NotRead(logger, e);
        }
    }

    /// <summary>A secret's volume is renewed behind symbolic links, whose own times stay: only the content tells.</summary>
    private byte[] Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(File.ReadAllBytes(_options.TlsCertificatePath));
        hash.AppendData(File.ReadAllBytes(_options.TlsKeyPath));
        if (_options.TlsClientCaPath.Length > 0) hash.AppendData(File.ReadAllBytes(_options.TlsClientCaPath));
        return hash.GetHashAndReset();
    }

    private State Read(byte[] fingerprint)
    {
        var certificate = X509Certificate2.CreateFromPemFile(_options.TlsCertificatePath, _options.TlsKeyPath);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_options.TlsCertificatePath);
        var tls = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            EncryptionPolicy = EncryptionPolicy.RequireEncryption,
        };
        if (_options.TlsClientCaPath.Length > 0)
        {
            tls.ClientCertificateRequired = true;
            tls.CertificateChainPolicy = TrustedAuthorities.PolicyOf(_options.TlsClientCaPath);
        }
        return new State(tls, fingerprint, _time.GetTimestamp());
    }

    private static bool IsUnreadable(Exception e) => e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    private sealed record State(SslServerAuthenticationOptions Tls, byte[] Fingerprint, long LookedAt);
}

internal static partial class ServerCertificateLog
{
    [LoggerMessage(EventId = 1021, EventName = "CertificateNotRead", Level = LogLevel.Error, Message = "The renewed certificate can't be read; the one before stays in use")]
    public static partial void NotRead(ILogger logger, Exception error);
}
