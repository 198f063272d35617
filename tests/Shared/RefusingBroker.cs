using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Recommender.Tests.Shared;

/// <summary>A broker whose listener wants another SASL mechanism than the client offers: it says so in Kafka's protocol (ApiVersions, SaslHandshake) and goes no further.</summary>
public sealed class RefusingBroker : SpokenBroker
{
    private const byte UnsupportedMechanism = 33;

    private int _refused;

    /// <summary>Handshakes that were refused.</summary>
    public int Refused => Volatile.Read(ref _refused);

    protected override async Task SpeakAsync(NetworkStream stream)
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
