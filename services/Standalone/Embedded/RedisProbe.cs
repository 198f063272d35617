using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Recommender.Standalone.Embedded;

/// <summary>A few words of the Redis protocol, for a server that may not be up yet.</summary>
internal static class RedisProbe
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>Sends an inline command and returns the beginning of the answer's first line, or null when there is none.</summary>
    public static async Task<string?> AskAsync(int port, string command, CancellationToken cancellationToken) =>
        (await ExchangeAsync(port, command, cancellationToken))?.Split('\r', 2)[0];

    /// <summary>Whether the server on the port is the process with this id; null when it does not say in time.</summary>
    public static async Task<bool?> IsProcessAsync(int port, int id, CancellationToken cancellationToken) =>
        (await ExchangeAsync(port, "INFO server", cancellationToken))
            ?.Contains(string.Create(CultureInfo.InvariantCulture, $"process_id:{id}\r"), StringComparison.Ordinal);

    private static async Task<string?> ExchangeAsync(int port, string command, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        try
        {
            using var client = new TcpClient(AddressFamily.InterNetwork);
            await client.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\nQUIT\r\n"), deadline.Token);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            var answer = await reader.ReadToEndAsync(deadline.Token);
            return answer.Length > 0 ? answer : null;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }
}
