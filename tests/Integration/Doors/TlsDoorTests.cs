using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Recommender.Hosting;
using Recommender.Hosting.Configuration;
using Recommender.Hosting.Tls;
using Recommender.Standalone.Embedded;
using Recommender.Tests.Fixtures;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Recommender.Tests.Integration.Doors;

/// <summary>The gRPC door with a certificate of its own, and the plaintext one beside it that probes use.</summary>
public sealed class TlsDoorTests : IDisposable
{
    private readonly TempDirectory _files = new();
    private readonly TestAuthority _authority = new("Test authority");
    private readonly string _ca;
    private readonly (string Certificate, string Key) _server;

    public TlsDoorTests()
    {
        _ca = _authority.WriteTo(_files.Path);
        _server = _authority.Sign(_files.Path, "server");
    }

    [Fact]
    public async Task A_client_that_trusts_the_authority_is_answered_over_TLS_and_another_is_not()
    {
        await using var service = await StartAsync();
        Assert.StartsWith("https://", service.GrpcAddress, StringComparison.Ordinal);
        using var channel = Channel(service.GrpcAddress);
        Assert.Equal(ServingStatus.Serving, await CheckAsync(channel));

        using var stranger = GrpcChannel.ForAddress(service.GrpcAddress);
        var refused = await Assert.ThrowsAsync<RpcException>(() => CheckAsync(stranger));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
    }

    [Fact]
    public async Task With_an_authority_for_clients_only_those_it_signed_are_answered()
    {
        await using var service = await StartAsync("Server:TlsClientCaPath=" + _ca);
        var client = _authority.Sign(_files.Path, "client");
        using var known = Channel(service.GrpcAddress, client);
        Assert.Equal(ServingStatus.Serving, await CheckAsync(known));

        using var nobody = Channel(service.GrpcAddress);
        await Assert.ThrowsAsync<RpcException>(() => CheckAsync(nobody));
        using var others = new TestAuthority("Another authority");
        using var foreigner = Channel(service.GrpcAddress, others.Sign(_files.Path, "foreigner"));
        await Assert.ThrowsAsync<RpcException>(() => CheckAsync(foreigner));
    }

    [Fact]
    public async Task Probes_have_a_port_without_TLS_that_offers_health_and_nothing_else()
    {
        using var reserved = new ReservedPort();
        var port = reserved.Number;
        await using var service = await StartAsync($"Server:ProbePort={port}");
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        Assert.Equal(ServingStatus.Serving, await CheckAsync(channel));
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.Unimplemented, refused.StatusCode);
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri($"http://127.0.0.1:{port}/metrics"))).StatusCode);
    }

    [Fact]
    public void A_renewed_certificate_is_taken_without_a_restart_and_an_unreadable_one_is_not()
    {
        var time = new SteppedTime();
        var door = new ServerCertificate(new ServerOptions { TlsCertificatePath = _server.Certificate, TlsKeyPath = _server.Key }, time);
        var first = Thumbprint(door);

        _authority.Sign(_files.Path, "server");
        Assert.Equal(first, Thumbprint(door)); // it is not looked for at every connection
        time.Advance(TimeSpan.FromSeconds(11));
        var second = Thumbprint(door);
        Assert.NotEqual(first, second);

        File.WriteAllText(_server.Key, "half a key");
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(second, Thumbprint(door));
        _authority.Sign(_files.Path, "server");
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.NotEqual(second, Thumbprint(door));
    }

    [Fact]
    public void Files_that_cannot_be_used_stop_the_start_with_a_sentence()
    {
        File.WriteAllText(_server.Key, "no key");
        var wrong = Assert.Throws<OptionsException>(() => ServiceHost.Build("test", Settings(), _ => { }, _ => { }));
        Assert.Contains("Server:TlsCertificatePath, Server:TlsKeyPath", wrong.Message, StringComparison.Ordinal);
        var half = Assert.Throws<OptionsException>(() => ServiceHost.Build("test", ["--Server:TlsCertificatePath=" + _server.Certificate], _ => { }, _ => { }));
        Assert.Contains("Server:TlsKeyPath", half.Message, StringComparison.Ordinal);
        Assert.Throws<OptionsException>(() => ServiceHost.Build("test", ["--Server:TlsClientCaPath=" + _ca], _ => { }, _ => { }));
        Assert.Throws<OptionsException>(() => ServiceHost.Build("test", ["--Server:ProbePort=5050"], _ => { }, _ => { }));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _files.Dispose();
    }

    private string[] Settings() => ["--Server:TlsCertificatePath=" + _server.Certificate, "--Server:TlsKeyPath=" + _server.Key];

    private Task<RunningService> StartAsync(params string[] more) =>
        RunningService.StartAsync("test", _ => { }, _ => { }, [.. Settings().Select(s => s[2..]), .. more]);

    private GrpcChannel Channel(string address, (string Certificate, string Key)? client = null)
    {
        var tls = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
        };
        tls.CertificateChainPolicy.CustomTrustStore.Add(_authority.Certificate);
        if (client is { } own)
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(own.Certificate, own.Key), null, offline: true);
        return GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { SslOptions = tls }, DisposeHttpClient = true });
    }

    private static async Task<ServingStatus> CheckAsync(GrpcChannel channel) =>
        (await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest { Service = "liveness" })).Status;

    private static string Thumbprint(ServerCertificate door) => door.Current().ServerCertificateContext!.TargetCertificate.Thumbprint;

    private sealed class SteppedTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
