using System.Net;
using System.Net.Sockets;

namespace Recommender.Tests.Shared;

/// <summary>A listener that speaks a few words of Kafka's protocol to one client after the other.</summary>
public abstract class SpokenBroker : IAsyncDisposable
{
    /// <summary>The SASL handshake (KIP-43), as a number of the protocol.</summary>
    protected const short SaslHandshake = 17;

    /// <summary>What the broker understands.</summary>
    protected const short ApiVersions = 18;

    /// <summary>The error for versions above the first.</summary>
    protected const byte UnsupportedVersion = 35;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;

    protected SpokenBroker()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _listener.Dispose();
        await _accepting;
    }

    /// <summary>Speaks to a client until it has gone, or has said enough.</summary>
    protected abstract Task SpeakAsync(NetworkStream stream);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await SpeakAsync(client.GetStream());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // That was all.
        }
    }
}
