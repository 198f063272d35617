using Recommender.Hosting.Configuration;

namespace Recommender.Hosting;

/// <summary>Where the process listens, and the limits of its gRPC door.</summary>
public sealed record ServerOptions : IOptionsRecord
{
    /// <inheritdoc/>
    public static string Section => "Server";

    /// <summary>Address to listen on: an IP address; <c>0.0.0.0</c> in containers.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port of gRPC (HTTP/2; without TLS, h2c, unless a certificate is set); 0 takes a free one.</summary>
    public int GrpcPort { get; init; } = 5050;

    /// <summary>Port of <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c> (HTTP/1.1); 0 takes a free one.</summary>
    public int HttpPort { get; init; } = 5080;

    /// <summary>Port that offers gRPC health without TLS and nothing else, for Kubernetes' probes; 0: none.</summary>
    public int ProbePort { get; init; }

    /// <summary>PEM file with the certificate of the gRPC port, and those between it and its authority. It is read again when it changes. Empty: no TLS.</summary>
    public string TlsCertificatePath { get; init; } = "";

    /// <summary>PEM file with the certificate's private key.</summary>
    public string TlsKeyPath { get; init; } = "";

    /// <summary>PEM file with the authorities whose clients may call; a client must then show a certificate (mTLS). Empty: anyone may call.</summary>
    public string TlsClientCaPath { get; init; } = "";

    /// <summary>Largest gRPC message taken, in bytes (compressed or not). 1 KiB to 64 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 4 << 20;

    /// <summary>Largest metadata of a call, in bytes: names and values, and 32 for each entry. 1 KiB to 256 KiB.</summary>
    public int MaxMetadataBytes { get; init; } = 32 << 10;

    /// <summary>Calls in progress on one HTTP/2 connection. 1 to 100,000.</summary>
    public int MaxStreamsPerConnection { get; init; } = 1000;

    /// <summary>How long calls in progress may take to end when the process stops. 1 second to 10 minutes.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether gRPC server reflection is offered.</summary>
    public bool Reflection { get; init; } = true;

    /// <inheritdoc/>
    public void Validate(OptionsCheck check)
    {
        check.That(System.Net.IPAddress.TryParse(Host, out _), Host, "it must be an IP address such as 127.0.0.1 or 0.0.0.0");
        check.Range(GrpcPort, 0, 65535);
        check.Range(HttpPort, 0, 65535);
        check.That(GrpcPort == 0 || GrpcPort != HttpPort, HttpPort, "it must differ from Server:GrpcPort");
        check.Range(ProbePort, 0, 65535);
        check.That(ProbePort == 0 || (ProbePort != GrpcPort && ProbePort != HttpPort), ProbePort, "it must differ from Server:GrpcPort and Server:HttpPort");
        check.That(TlsCertificatePath.Length > 0 || TlsKeyPath.Length == 0, TlsCertificatePath, "Server:TlsKeyPath is set, so it must name the key's certificate");
        check.That(TlsKeyPath.Length > 0 || TlsCertificatePath.Length == 0, TlsKeyPath, "Server:TlsCertificatePath is set, so it must name the certificate's key");
        check.That(TlsClientCaPath.Length == 0 || TlsCertificatePath.Length > 0, TlsClientCaPath, "clients show certificates over TLS alone; set Server:TlsCertificatePath");
        check.Range(MaxMessageBytes, 1024, 64 << 20);
        check.Range(MaxMetadataBytes, 1024, 256 << 10);
        check.Range(MaxStreamsPerConnection, 1, 100_000);
        check.Range(DrainTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
    }
}
