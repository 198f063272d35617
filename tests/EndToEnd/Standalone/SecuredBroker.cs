using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Recommender.Tests.Shared;

namespace Recommender.Tests.EndToEnd.Standalone;

/// <summary>
/// The first words of a broker that asks clients who they are: what it understands (a request of key 18), and the SASL handshake of Kafka's
/// protocol (KIP-43: a request of key 17, then the mechanism's token). It notes what clients say and goes no further.
/// </summary>
internal sealed class SecuredBroker : SpokenBroker
{
    private readonly TaskCompletionSource<string> _said = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the first client said: <c>TLS</c> where it wants a secret connection, otherwise mechanism and token, the token's zeros written as '|'.</summary>
    public Task<string> Said => _said.Task;

    protected override async Task SpeakAsync(NetworkStream stream)
    {
        try
        {
            var request = await ReadFrameAsync(stream);
            while (request is not null && BinaryPrimitives.ReadInt16BigEndian(request) == ApiVersions)
            {
                // Correlation, an error for versions above the first, and the two requests that are understood, in their first versions.
                var error = request[3] == 0 ? (byte)0 : UnsupportedVersion;
                await stream.WriteAsync((byte[])[0, 0, 0, 22, .. request[4..8], 0, error, 0, 0, 0, 2, 0, (byte)SaslHandshake, 0, 0, 0, 0, 0, (byte)ApiVersions, 0, 0, 0, 0]);
                request = await ReadFrameAsync(stream);
            }
            if (request is null)
            {
                _said.TrySetResult("TLS");
                return;
            }
            Assert.Equal(SaslHandshake, BinaryPrimitives.ReadInt16BigEndian(request));
            var clientId = BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(8));
            var mechanism = Encoding.ASCII.GetString(request.AsSpan(12 + clientId));
            // As long as the rest, correlation, no error, one mechanism.
            byte[] answer = [0, 0, 0, (byte)(12 + mechanism.Length), .. request[4..8], 0, 0, 0, 0, 0, 1, 0, (byte)mechanism.Length, .. Encoding.ASCII.GetBytes(mechanism)];
            await stream.WriteAsync(answer);
            if (await ReadFrameAsync(stream) is { } token) _said.TrySetResult($"{mechanism} {Encoding.ASCII.GetString(token).Replace('\0', '|')}");
        }
        catch (Exception e) when (e is IOException or EndOfStreamException)
        {
            // A command first looks whether somebody is there.
        }
        catch (Exception e)
        {
            _said.TrySetException(e);
        }
    }

    /// <summary>A length and as many bytes; null when it is a TLS handshake.</summary>
    private static async Task<byte[]?> ReadFrameAsync(NetworkStream stream)
    {
        var head = new byte[4];
        await stream.ReadExactlyAsync(head);
        if (head is [0x16, 0x03, ..]) return null;
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
        await stream.ReadExactlyAsync(frame);
        return frame;
    }
}
