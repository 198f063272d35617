namespace Recommender.Hosting.Kafka;

/// <summary>What became of one record of a batch: a position, or the reason why there is none.</summary>
/// <param name="Position">Where the record is; meaningful only when <see cref="Error"/> is <see langword="null"/>.</param>
/// <param name="Error">
/// <see cref="KafkaUnavailableException"/> (try again later) or <see cref="RecordRejectedException"/> (will never be taken);
/// <see langword="null"/> when every in-sync replica has the record.
/// </param>
public readonly record struct ProduceOutcome(RecordPosition Position, Exception? Error)
{
    /// <summary>Whether every in-sync replica has the record.</summary>
    public bool IsDurable => Error is null;
}
