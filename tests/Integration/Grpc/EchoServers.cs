using System.Diagnostics;
using System.Globalization;

namespace Recommender.Tests.Integration.GrpcRuntime;

/// <summary>An echo server of some language, started at the first use and shared by the tests of a class.</summary>
public interface IEchoServer
{
    Task<Uri> AddressAsync();

    /// <summary>@grpc/grpc-js's server has no compression of its own.</summary>
    bool CompressesResponses => true;
}

/// <summary>This repository's server.</summary>
public sealed class OwnEchoServer : IEchoServer, IAsyncDisposable
{
    private readonly Lazy<Task<EchoServer>> _server = new(() => EchoServer.StartAsync(options =>
    {
        options.ResponseCompressionAlgorithm = "gzip";
        options.MaxReceiveMessageSize = 8 << 20;
    }));

    public async Task<Uri> AddressAsync() => (await _server.Value).Address;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
    }
}

/// <summary>A server in another process that prints its port when it is ready.</summary>
public abstract class ForeignEchoServer : IEchoServer, IAsyncDisposable
{
    private ForeignProcess? _process;
    private Uri? _address;

    public async Task<Uri> AddressAsync()
    {
        if (_address is not null)
            return _address;
        _process = ForeignProcess.Start(Command());
        var port = int.Parse(await _process.ReadLineAsync(TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
        return _address = new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", port).Uri;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_process is not null)
            await _process.DisposeAsync();
    }

    public void Kill() => _process!.Kill();

    protected abstract ProcessStartInfo Command();
}

/// <summary>python3-grpcio.</summary>
public sealed class PythonEchoServer : ForeignEchoServer
{
    protected override ProcessStartInfo Command() => ForeignTools.Python("echo_server.py");
}

/// <summary>@grpc/grpc-js.</summary>
public sealed class NodeEchoServer : ForeignEchoServer, IEchoServer
{
    public bool CompressesResponses => false;

    protected override ProcessStartInfo Command() => ForeignTools.Node("echo_server.js");
}
