using System.Collections.Frozen;
using Recommender.Hosting.Kafka;

namespace Recommender.Standalone.Embedded;

/// <summary>
/// Keeps what nobody has absorbed yet below half of what the embedded broker keeps (5 MiB or 100,000 batches of each partition; it
/// drops older records without a word): 2.5 MiB and 50,000 records. Records on their way count as if they were there.
/// </summary>
public sealed class EmbeddedBrokerPacer : IProducePacer
{
    /// <summary>Bytes of a partition that may be in the log or on their way there without being absorbed.</summary>
    public const long MaxBytes = 5 << 19;

    /// <summary>Records likewise.</summary>
    public const int MaxRecords = 50_000;

    private readonly FrozenDictionary<string, PartitionPace[]> _topics;

    /// <summary>Creates the pacer.</summary>
    /// <param name="absorbedTopics">
    /// Partition counts of the topics that somebody absorbs, and says so by <see cref="OnAbsorbed"/>. Other topics are never held back.
    /// </param>
    /// <param name="time">The clock.</param>
    public EmbeddedBrokerPacer(IReadOnlyDictionary<string, int> absorbedTopics, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(absorbedTopics);
        _topics = absorbedTopics.ToFrozenDictionary(
            t => t.Key,
            t => Create(t.Key, t.Value, time),
            StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public ValueTask<bool> WaitAsync(string topic, byte[] key, int bytes, TimeSpan timeout, CancellationToken cancellationToken) =>
        Find(topic, key) is { } pace ? pace.ReserveAsync(bytes, timeout, cancellationToken) : ValueTask.FromResult(true);

    /// <inheritdoc/>
    public void OnDelivered(RecordPosition position, int bytes)
    {
        if (_topics.TryGetValue(position.Topic, out var partitions) && position.Partition < partitions.Length)
            partitions[position.Partition].Delivered(position.Offset, bytes);
    }

    /// <inheritdoc/>
    public void OnFailed(string topic, byte[] key, int bytes) => Find(topic, key)?.Failed(bytes);

    /// <inheritdoc/>
    public void OnAbsorbed(string topic, int partition, long nextOffset)
    {
        if (_topics.TryGetValue(topic, out var partitions) && partition < partitions.Length)
            partitions[partition].Absorbed(nextOffset);
    }

    /// <inheritdoc/>
    public ValueTask WhenSettledAsync(string topic, int partition, long nextOffset, CancellationToken cancellationToken) =>
        _topics.TryGetValue(topic, out var partitions) && partition < partitions.Length
            ? partitions[partition].WhenSettledAsync(nextOffset, cancellationToken)
            : ValueTask.CompletedTask;

    private static PartitionPace[] Create(string topic, int partitions, TimeProvider time)
    {
        var metrics = new PacerMetrics(topic);
        return [.. Enumerable.Range(0, partitions).Select(_ => new PartitionPace(MaxBytes, MaxRecords, metrics, time))];
    }

    private PartitionPace? Find(string topic, byte[] key) =>
        _topics.TryGetValue(topic, out var partitions) ? partitions[Murmur2.PartitionOf(key, partitions.Length)] : null;
}
