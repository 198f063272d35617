using System.Net;
using System.Net.Sockets;

namespace Recommender.Standalone.Embedded;

/// <summary>
/// A fixed port in front of the embedded broker, which can't choose its own: bytes are passed on both ways. A Kafka client only begins
/// here; what it learns then leads it to the broker's true port.
/// </summary>
public sealed class BootstrapForwarder : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _connections = [];
    private int _disposed;

    /// <summary>Takes the port; who connects waits until <see cref="Begin"/>.</summary>
    /// <param name="port">The port of 127.0.0.1, or 0 for one that the system chooses.</param>
    /// <param name="target">The broker.</param>
    /// <param name="option">What chooses another port, for the message when it is taken.</param>
    /// <exception cref="EmbeddedStartException">The port is taken.</exception>
    public BootstrapForwarder(int port, IPEndPoint target, string option = "--kafka-port")
    {
        _target = target;
        _listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            _listener.Start();
        }
        catch (SocketException e)
        {
            throw PortCheck.Taken(port, "Kafka", option, e);
        }

        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>
    /// Begins to pass on, once. The broker must have its topics by then: whoever asks it for one that is missing makes it create that, with a
    /// number of partitions of its own choice.
    /// </summary>
    public void Begin() => _loop = AcceptAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        Task[] open;
        lock (_lock)
            open = [.. _connections];

        await Task.WhenAll(open);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Track(ForwardAsync(client));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One client gave up while it was accepted, or this forwarder stops.
            }
        }
    }

    private void Track(Task connection)
    {
        lock (_lock)
            _connections.Add(connection);

        connection.ContinueWith(
            t =>
            {
                lock (_lock)
                    _connections.Remove(t);
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using (client)
        using (var broker = new TcpClient(AddressFamily.InterNetwork))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
        {
            try
            {
                client.NoDelay = true;
                broker.NoDelay = true;
                await broker.ConnectAsync(_target, either.Token);
                await Task.WhenAny(
                    client.GetStream().CopyToAsync(broker.GetStream(), either.Token),
                    broker.GetStream().CopyToAsync(client.GetStream(), either.Token));
                await either.CancelAsync();
            }
            catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
            {
                // The broker is down; the client sees its connection close, as it would without a forwarder.
            }
        }
    }
}
