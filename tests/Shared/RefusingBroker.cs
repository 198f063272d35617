using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Recommender.Tests.Shared;

/// <summary>A broker whose listener wants another SASL mechanism than the client offers: it says so in Kafka's protocol (ApiVersions, SaslHandshake) and goes no further.</summary>
public sealed class RefusingBroker : IAsyncDisposable
{
    private const short SaslHandshake = 17;
    private const short ApiVersions = 18;
    private const byte UnsupportedMechanism = 33;
    private const byte UnsupportedVersion = 35;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;
    private int _refused;

    public RefusingBroker()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Handshakes that were refused.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await AnswerAsync(client.GetStream());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // That was all.
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        try
        {
            while (true)
            {
                var head = new byte[4];
                await stream.ReadExactlyAsync(head);
                var request = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
                await stream.ReadExactlyAsync(request);
                var isHandshake = BinaryPrimitives.ReadInt16BigEndian(request) == SaslHandshake;
                byte[] body = isHandshake
                    ? [0, UnsupportedMechanism, 0, 0, 0, 1, 0, 13, .. Encoding.ASCII.GetBytes("SCRAM-SHA-512")]
                    : [0, request[3] == 0 ? (byte)0 : UnsupportedVersion, 0, 0, 0, 2, 0, (byte)SaslHandshake, 0, 0, 0, 0, 0, (byte)ApiVersions, 0, 0, 0, 0];
                await stream.WriteAsync((byte[])[0, 0, 0, (byte)(4 + body.Length), .. request[4..8], .. body]);
                if (isHandshake) Interlocked.Increment(ref _refused);
            }
        }
        catch (Exception e) when (e is IOException or EndOfStreamException)
        {
            // The client has gone.
        }
    }
}
