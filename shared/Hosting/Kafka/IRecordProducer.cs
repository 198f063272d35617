namespace Recommender.Hosting.Kafka;

/// <summary>
/// Writes records so that an acknowledged one is durable: every in-sync replica has it (acks=all, idempotent producer). Records of one
/// key that are handed over one after the other keep their order. Safe for use by many threads. Memory is bounded by
/// <see cref="KafkaOptions.MaxInFlight"/> and <see cref="KafkaOptions.MaxInFlightMegabytes"/>: more than that waits, at most
/// <see cref="KafkaOptions.DeliveryTimeout"/>.
/// </summary>
public interface IRecordProducer
{
    /// <summary>
    /// Hands a record over. The outer task ends when the record is in the send queue (at once, unless there are too many on their way),
    /// so that awaiting it keeps order and bounds memory; the inner one when the record is durable.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Gives up waiting for room. A record that was handed over can't be called back.</param>
    /// <exception cref="KafkaUnavailableException">Kafka is out of reach, or there was no room in time (from either task).</exception>
    /// <exception cref="RecordRejectedException">The record can't be taken, ever (from either task).</exception>
    ValueTask<Task<RecordPosition>> SendAsync(KafkaRecord record, CancellationToken cancellationToken = default);

    /// <summary>
    /// Hands a batch over. The outer task ends when each record is in the send queue or was refused; the inner one when each has its outcome:
    /// <c>outcomes[i]</c> is that of <c>records[i]</c>. Behind a record that finds Kafka unavailable no other is tried, so that none overtakes it.
    /// </summary>
    /// <param name="records">The records; those of one key keep their order.</param>
    /// <param name="cancellationToken">Gives up waiting for room.</param>
    /// <exception cref="OperationCanceledException">Cancelled before every record was handed over; those that were may be written.</exception>
    ValueTask<Task<ProduceOutcome[]>> SendAsync(IReadOnlyList<KafkaRecord> records, CancellationToken cancellationToken = default);

    /// <summary>Waits until all that was handed over is delivered or failed.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task FlushAsync(CancellationToken cancellationToken = default);
}
