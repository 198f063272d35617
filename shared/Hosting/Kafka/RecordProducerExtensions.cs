namespace Recommender.Hosting.Kafka;

/// <summary>Shorthands over <see cref="IRecordProducer"/>.</summary>
public static class RecordProducerExtensions
{
    /// <summary>Writes a record and waits until it is durable.</summary>
    /// <param name="producer">The producer.</param>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Stops waiting; a record that was handed over may still be written.</param>
    /// <returns>Where the record is.</returns>
    /// <exception cref="KafkaUnavailableException">Kafka did not take the record in time.</exception>
    /// <exception cref="RecordRejectedException">The record can't be taken, ever.</exception>
    public static async Task<RecordPosition> ProduceAsync(
        this IRecordProducer producer, KafkaRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(producer);
        var delivery = await producer.SendAsync(record, cancellationToken);
        return await delivery.WaitAsync(cancellationToken);
    }

    /// <summary>Writes a batch and waits for what becomes of each record; <c>outcomes[i]</c> is that of <c>records[i]</c>.</summary>
    /// <param name="producer">The producer.</param>
    /// <param name="records">The records; those of one key keep their order.</param>
    /// <param name="cancellationToken">Gives up waiting for room; what was handed over has its outcome all the same.</param>
    /// <exception cref="OperationCanceledException">Cancelled before every record was handed over; those that were may be written.</exception>
    public static async Task<ProduceOutcome[]> SendBatchAsync(
        this IRecordProducer producer, IReadOnlyList<KafkaRecord> records, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(producer);
        return await await producer.SendAsync(records, cancellationToken);
    }
}
