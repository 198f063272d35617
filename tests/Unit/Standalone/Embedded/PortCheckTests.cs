using System.Net;
using System.Net.Sockets;
using Recommender.Standalone.Embedded;

namespace Recommender.Tests.Unit.Standalone.Embedded;

public sealed class PortCheckTests
{
    [Fact]
    public void A_taken_port_gives_a_sentence_with_the_port_and_what_changes_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var error = Assert.Throws<EmbeddedStartException>(() => PortCheck.RequireFree(port, "Redis", "--redis-port"));

        Assert.Equal($"Port {port} on 127.0.0.1, for Redis, is taken by another process; choose another with --redis-port PORT.", error.Message);
    }

    [Fact]
    public void A_free_port_stays_free()
    {
        int port;
        using (var other = new TcpListener(IPAddress.Loopback, 0))
        {
            other.Start();
            port = ((IPEndPoint)other.LocalEndpoint).Port;
        }

        PortCheck.RequireFree(port, "Redis", "--redis-port");

        // Alone, which a socket that the check forgot would not allow.
        using var server = new TcpListener(IPAddress.Loopback, port);
        server.Start();
    }

    [Fact]
    public void A_forwarder_says_so_when_its_port_is_taken()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var error = Assert.Throws<EmbeddedStartException>(() => new BootstrapForwarder(port, new IPEndPoint(IPAddress.Loopback, 1)));

        Assert.Contains($"Port {port} on 127.0.0.1, for Kafka,", error.Message, StringComparison.Ordinal);
        Assert.Contains("--kafka-port", error.Message, StringComparison.Ordinal);
    }
}
