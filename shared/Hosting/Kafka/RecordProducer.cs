using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Recommender.Hosting.Kafka;

/// <summary>
/// The one producer of a process. Delivery callbacks complete the tasks; nothing blocks a thread. While the cluster is known to be out
/// of reach records are refused at once, so that neither memory nor callers pile up.
/// </summary>
public sealed class RecordProducer : IRecordProducer, IAsyncDisposable
{
    private static readonly TimeSpan QueueFullPause = TimeSpan.FromMilliseconds(5);

    private readonly KafkaOptions _options;
    private readonly IProducePacer _pacer;
    private readonly IRecordJournal _journal;
    private readonly DeliveryGate _gate;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Places _room;
    private readonly ProducerClient _client;

    /// <summary>Creates the producer; connecting happens in the background.</summary>
    /// <param name="options">The options.</param>
    /// <param name="health">Knows whether the cluster answers.</param>
    /// <param name="pacer">Holds back what the log could not keep.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="journal">Keeps what the log does not; null when it keeps everything.</param>
    public RecordProducer(
        KafkaOptions options, KafkaHealth health, IProducePacer pacer, TimeProvider time, ILogger<RecordProducer> logger, IRecordJournal? journal = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _pacer = pacer;
        _journal = journal ?? NoJournal.Instance;
        _time = time;
        _logger = logger;
        _gate = new DeliveryGate(options, health, time, logger);
        _room = new Places(options.MaxInFlight);
        _client = new ProducerClient(options, health, _gate, logger);
    }

    /// <summary>Records that were handed over and have no outcome yet.</summary>
    public int InFlight => _options.MaxInFlight - _room.Free;

    /// <inheritdoc/>
    public async ValueTask<Task<RecordPosition>> SendAsync(KafkaRecord record, CancellationToken cancellationToken = default)
    {
        if (Refusal() is { } refusal)
            throw refusal;

        var pending = new PendingRecord(this, record);
        await HandOverAsync(pending, _time.GetTimestamp(), cancellationToken);
        return pending.Task;
    }

    /// <inheritdoc/>
    public async ValueTask<Task<ProduceOutcome[]>> SendAsync(IReadOnlyList<KafkaRecord> records, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        var batch = new PendingBatch(records.Count);
        var begin = _time.GetTimestamp();
        KafkaUnavailableException? unavailable = null;
        for (var i = 0; i < records.Count; i++)
        {
            unavailable ??= Refusal();
            if (unavailable is null)
                unavailable = await TryHandOverAsync(new PendingBatchRecord(this, records[i], batch, i), begin, cancellationToken);
            else
                batch.Complete(i, new ProduceOutcome(default, unavailable));
        }

        return batch.Task;
    }

    /// <inheritdoc/>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        await Task.Factory.StartNew(() => _client.Flush(cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await _journal.FlushAsync(cancellationToken);
    }

    /// <summary>Refuses new records, waits at most the delivery timeout for those on their way, and closes the client.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_client.IsClosed)
            return;

        await _client.DisposeAsync();
        await _journal.FlushAsync(CancellationToken.None);
        if (InFlight > 0)
            KafkaLog.Undelivered(_logger, InFlight);
    }

    /// <summary>What became of a record that was handed over. Runs on the client's own thread.</summary>
    internal void OnReport(PendingDelivery pending, DeliveryReport<byte[], byte[]?> report)
    {
        if (report.Error.IsError)
        {
            KafkaMetrics.Failed(pending.Record.Topic, report.Error.Code);
            Fail(pending, _gate.Failed(report.Error, null));
            return;
        }

        var now = _time.GetTimestamp();
        _gate.Succeeded(now);
        KafkaMetrics.Delivered(pending.Record.Topic, _time.GetElapsedTime(pending.HandedOver, now));
        var position = new RecordPosition(pending.Record.Topic, report.Partition.Value, report.Offset.Value);
        if (_journal.Keeps(pending.Record))
            _journal.Append(position, pending.Record, error => OnKept(pending, position, error));
        else
            Succeed(pending, position);
    }

    private void OnKept(PendingDelivery pending, RecordPosition position, Exception? error)
    {
        if (error is null)
            Succeed(pending, position);
        else
            Fail(pending, new KafkaUnavailableException("Records cannot be kept on disk", _options.RetryDelay, error));
    }

    private void Succeed(PendingDelivery pending, RecordPosition position)
    {
        Leave();
        _pacer.OnDelivered(position, pending.Bytes);
        pending.Succeed(position);
    }

    private void Fail(PendingDelivery pending, Exception error)
    {
        Leave();
        _pacer.OnFailed(pending.Record.Topic, pending.Record.Key, pending.Bytes);
        pending.Fail(error);
    }

    private KafkaUnavailableException? Refusal() =>
        _client.IsClosed ? Stopping() : _gate.Refusal();

    /// <summary>Hands a record over, or gives it its outcome, which is returned where it holds for those behind it too.</summary>
    private async ValueTask<KafkaUnavailableException?> TryHandOverAsync(PendingDelivery pending, long begin, CancellationToken cancellationToken)
    {
        try
        {
            await HandOverAsync(pending, begin, cancellationToken);
            return null;
        }
        catch (KafkaUnavailableException e)
        {
            pending.Fail(e);
            return e;
        }
        catch (RecordRejectedException e)
        {
            pending.Fail(e);
            return null;
        }
    }

    /// <param name="pending">The record.</param>
    /// <param name="begin">Since when its caller has been waiting; the records of a batch wait together, not one after the other.</param>
    /// <param name="cancellationToken">Gives up waiting for room.</param>
    private async ValueTask HandOverAsync(PendingDelivery pending, long begin, CancellationToken cancellationToken)
    {
        var record = pending.Record;
        if (!await _pacer.WaitAsync(record.Topic, record.Key, pending.Bytes, Remaining(begin), cancellationToken))
            throw Unavailable("Records arrive faster than they are processed");

        var isHandedOver = false;
        try
        {
            var isFull = _room.Free == 0;
            if (!await _room.TakeAsync(Remaining(begin), cancellationToken))
                throw Unavailable("Records arrive faster than Kafka takes them");

            KafkaMetrics.Entered(isFull);

            try
            {
                await EnqueueAsync(pending, begin, cancellationToken);
                isHandedOver = true;
            }
            finally
            {
                if (!isHandedOver)
                    Leave();
            }
        }
        finally
        {
            if (!isHandedOver)
                _pacer.OnFailed(record.Topic, record.Key, pending.Bytes);
        }
    }

    private async ValueTask EnqueueAsync(PendingDelivery pending, long begin, CancellationToken cancellationToken)
    {
        var message = pending.ToMessage();
        pending.HandedOver = _time.GetTimestamp();
        while (!TryProduce(pending, message))
        {
            // The byte bound of the native queue; its count bound is _room.
            if (Remaining(begin) == TimeSpan.Zero)
                throw Unavailable("Records arrive faster than Kafka takes them");

            await Task.Delay(QueueFullPause, _time, cancellationToken);
        }
    }

    private bool TryProduce(PendingDelivery pending, Message<byte[], byte[]?> message)
    {
        try
        {
            return _client.TryProduce(pending.Record.Topic, message, pending.OnReport);
        }
        catch (ProduceException<byte[], byte[]?> e)
        {
            throw _gate.Failed(e.Error, e);
        }
        catch (ObjectDisposedException)
        {
            throw Stopping();
        }
    }

    private void Leave()
    {
        _room.Leave();
        KafkaMetrics.Left();
    }

    private TimeSpan Remaining(long begin)
    {
        var remaining = _options.DeliveryTimeout - _time.GetElapsedTime(begin);
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    private KafkaUnavailableException Stopping() => Unavailable("This process is stopping and takes no more records");

    private KafkaUnavailableException Unavailable(string reason) => new(reason, _options.RetryDelay);
}
