using System.Net;
using System.Net.Sockets;

namespace Recommender.Standalone.Embedded;

/// <summary>
/// A port of 127.0.0.1 that the system gives to nobody else while this is there, whether or not a server listens on it: one that is bound and does not
/// listen leaves the port to servers that are told its number, as all are that allow for connections that are fading away (SO_REUSEADDR).
/// </summary>
public sealed class ReservedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Lets the system choose the port.</summary>
    public ReservedPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>The port.</summary>
    public int Number => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
