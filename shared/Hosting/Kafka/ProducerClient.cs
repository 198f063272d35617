using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Recommender.Hosting.Kafka;

/// <summary>
/// The native client of a <see cref="RecordProducer"/> from its making to its end: one that failed for good is replaced and closed in the
/// background, and none is closed before what it was given has its outcome. Safe for use by many threads.
/// </summary>
internal sealed class ProducerClient : IAsyncDisposable
{
    private readonly KafkaOptions _options;
    private readonly KafkaHealth _health;
    private readonly DeliveryGate _gate;
    private readonly ILogger _logger;
    private readonly Lock _replacing = new();
    private readonly List<Task> _retired = [];
    private volatile IProducer<byte[], byte[]?> _current;
    private volatile bool _closed;
    private int _producing;

    /// <summary>Makes the first client; connecting happens in the background.</summary>
    public ProducerClient(KafkaOptions options, KafkaHealth health, DeliveryGate gate, ILogger logger)
    {
        (_options, _health, _gate, _logger) = (options, health, gate, logger);
        _current = Build();
    }

    /// <summary>Whether nothing more is taken.</summary>
    public bool IsClosed => _closed;

    /// <summary>Gives a record to the client, which never blocks.</summary>
    /// <returns>False when its queue has no room for so many bytes at the moment.</returns>
    /// <exception cref="ProduceException{TKey,TValue}">The client refuses the record.</exception>
    /// <exception cref="ObjectDisposedException">This is closed.</exception>
    public bool TryProduce(string topic, Message<byte[], byte[]?> message, Action<DeliveryReport<byte[], byte[]?>> onReport)
    {
        while (true)
        {
            var client = _current;
            try
            {
                Produce(client, topic, message, onReport);
                return true;
            }
            catch (ProduceException<byte[], byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                return false;
            }
            catch (ProduceException<byte[], byte[]?> e) when (e.Error.IsFatal)
            {
                Replace(client, e.Error.Reason);
            }
            catch (ObjectDisposedException) when (client != _current)
            {
                // It was replaced in the meantime.
            }
        }
    }

    /// <summary>Waits until everything that the client was given has its outcome. Blocks.</summary>
    public void Flush(CancellationToken cancellationToken) => _current.Flush(cancellationToken);

    /// <summary>Takes nothing more, waits at most the delivery timeout for what is on its way, and closes the client.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] closing;
        lock (_replacing)
        {
            if (_closed)
                return;

            _closed = true;
            // Who was quicker has handed the record over before the client is flushed, or sees that it is too late.
            Interlocked.MemoryBarrier();
            SpinWait.SpinUntil(() => Volatile.Read(ref _producing) == 0);
            closing = [.. _retired, CloseAsync(_current)];
        }

        await Task.WhenAll(closing);
    }

    /// <summary>Produces unless this is closed: a client that is flushed already would forget the record.</summary>
    private void Produce(IProducer<byte[], byte[]?> client, string topic, Message<byte[], byte[]?> message, Action<DeliveryReport<byte[], byte[]?>> onReport)
    {
        Interlocked.Increment(ref _producing);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            client.Produce(topic, message, onReport);
        }
        finally
        {
            Interlocked.Decrement(ref _producing);
        }
    }

    private IProducer<byte[], byte[]?> Build() =>
        new ProducerBuilder<byte[], byte[]?>(KafkaConfigs.Producer(_options))
            .SetLogHandler((_, line) => KafkaLog.Native(_logger, line))
            .SetErrorHandler(OnError)
            .Build();

    private void OnError(IProducer<byte[], byte[]?> client, Error error)
    {
        if (error.IsFatal)
            Replace(client, error.Reason);
        else if (error.Code == ErrorCode.Local_AllBrokersDown)
            _health.Doubt();
    }

    private void Replace(IProducer<byte[], byte[]?> failed, string reason)
    {
        lock (_replacing)
        {
            if (_closed || _current != failed)
                return;

            KafkaLog.ProducerReplaced(_logger, reason);
            _gate.Replaced();
            _current = Build();
            _retired.RemoveAll(t => t.IsCompleted);
            _retired.Add(CloseAsync(failed));
        }
    }

    private Task CloseAsync(IProducer<byte[], byte[]?> client) => Task.Factory.StartNew(
        () =>
        {
            // Every record gets its outcome within the delivery timeout; the second on top is for the callbacks.
            client.Flush(_options.DeliveryTimeout + TimeSpan.FromSeconds(1));
            client.Dispose();
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
