using Confluent.Kafka;

namespace Recommender.Hosting.Kafka;

/// <summary>A record on its way, and who waits for it.</summary>
internal abstract class PendingDelivery(RecordProducer producer, KafkaRecord record)
{
    /// <summary>The record.</summary>
    public KafkaRecord Record { get; } = record;

    /// <summary>About what it occupies in the log.</summary>
    public int Bytes { get; } = record.EstimatedBytes();

    /// <summary>When it was handed over, as a timestamp of the producer's clock.</summary>
    public long HandedOver { get; set; }

    /// <summary>Called once by the client.</summary>
    public void OnReport(DeliveryReport<byte[], byte[]?> report) => producer.OnReport(this, report);

    /// <summary>The record is durable.</summary>
    public abstract void Succeed(RecordPosition position);

    /// <summary>The record is not durable as far as is known.</summary>
    public abstract void Fail(Exception error);

    /// <summary>The record as the client wants it.</summary>
    public Message<byte[], byte[]?> ToMessage() => new()
    {
        Key = Record.Key,
        Value = Record.Value,
        Headers = Record.Headers,
        Timestamp = Record.Timestamp is { } t ? new Timestamp(t) : Timestamp.Default,
    };
}

/// <summary>A single record.</summary>
internal sealed class PendingRecord(RecordProducer producer, KafkaRecord record) : PendingDelivery(producer, record)
{
    private readonly TaskCompletionSource<RecordPosition> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the record is durable or failed.</summary>
    public Task<RecordPosition> Task => _outcome.Task;

    /// <inheritdoc/>
    public override void Succeed(RecordPosition position) => _outcome.TrySetResult(position);

    /// <inheritdoc/>
    public override void Fail(Exception error) => _outcome.TrySetException(error);
}

/// <summary>A record of a batch.</summary>
internal sealed class PendingBatchRecord(RecordProducer producer, KafkaRecord record, PendingBatch batch, int index)
    : PendingDelivery(producer, record)
{
    /// <inheritdoc/>
    public override void Succeed(RecordPosition position) => batch.Complete(index, new ProduceOutcome(position, null));

    /// <inheritdoc/>
    public override void Fail(Exception error) => batch.Complete(index, new ProduceOutcome(default, error));
}

/// <summary>Collects the outcomes of a batch: one continuation for all of them.</summary>
internal sealed class PendingBatch
{
    private readonly TaskCompletionSource<ProduceOutcome[]> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProduceOutcome[] _outcomes;
    private int _missing;

    public PendingBatch(int count)
    {
        _outcomes = new ProduceOutcome[count];
        _missing = count;
        if (count == 0)
            _done.SetResult(_outcomes);
    }

    /// <summary>Ends when every record has its outcome.</summary>
    public Task<ProduceOutcome[]> Task => _done.Task;

    /// <summary>Sets the outcome of one record; once for each.</summary>
    public void Complete(int index, ProduceOutcome outcome)
    {
        _outcomes[index] = outcome;
        if (Interlocked.Decrement(ref _missing) == 0)
            _done.TrySetResult(_outcomes);
    }
}
