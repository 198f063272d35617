namespace Recommender.Hosting.Kafka;

/// <summary>
/// Holds producers back while a log that keeps little is ahead of those who must read it. Every reservation by
/// <see cref="WaitAsync"/> is answered by one <see cref="OnDelivered"/> or <see cref="OnFailed"/>.
/// </summary>
public interface IProducePacer
{
    /// <summary>Waits until the partition of this key has room for the record, and reserves it.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="key">The record's key.</param>
    /// <param name="bytes">About what the record occupies in the log.</param>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="cancellationToken">Gives up waiting; nothing is reserved then.</param>
    /// <returns>Whether room was reserved in time.</returns>
    ValueTask<bool> WaitAsync(string topic, byte[] key, int bytes, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>The record is in the log.</summary>
    /// <param name="position">Where it is.</param>
    /// <param name="bytes">What <see cref="WaitAsync"/> was told.</param>
    void OnDelivered(RecordPosition position, int bytes);

    /// <summary>The record did not get into the log, or nobody knows.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="key">The record's key.</param>
    /// <param name="bytes">What <see cref="WaitAsync"/> was told.</param>
    void OnFailed(string topic, byte[] key, int bytes);

    /// <summary>Everything before an offset was read and absorbed by the one who must.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="nextOffset">The first offset that is not absorbed.</param>
    void OnAbsorbed(string topic, int partition, long nextOffset);

    /// <summary>
    /// Waits until every record of this process before an offset has been delivered for good (<see cref="OnDelivered"/>) or has failed. Where
    /// records are kept beside the log, none takes effect before it is.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="nextOffset">The offset behind the last record in question.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask WhenSettledAsync(string topic, int partition, long nextOffset, CancellationToken cancellationToken);
}
