using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Recommender.Standalone.Embedded;

/// <summary>Finds out before the start whether a port is free, and says what to do when it is not.</summary>
public static class PortCheck
{
    /// <summary>Throws when the port of 127.0.0.1 can't be listened on.</summary>
    /// <param name="port">The port; 0 stands for any and is always free.</param>
    /// <param name="purpose">What it is for, as in "Port 5079, for Redis, ...".</param>
    /// <param name="option">What chooses another one, as in "--redis-port".</param>
    /// <exception cref="EmbeddedStartException">The port is taken or not allowed.</exception>
    public static void RequireFree(int port, string purpose, string option)
    {
        if (port == 0)
            return;

        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // As servers do: a port whose last connections are still fading away counts as free.
            probe.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            probe.Listen(1);
        }
        catch (SocketException e)
        {
            throw Taken(port, purpose, option, e);
        }
    }

    /// <summary>The sentence for a port that can't be listened on.</summary>
    internal static EmbeddedStartException Taken(int port, string purpose, string option, SocketException cause) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Port {port} on 127.0.0.1, for {purpose}, {Reason(cause.SocketErrorCode)}; choose another with {option} PORT."),
            cause);

    private static string Reason(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => "is taken by another process",
        SocketError.AccessDenied => "is not allowed for this user",
        _ => "can't be opened",
    };
}
