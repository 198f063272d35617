namespace Recommender.Hosting.Kafka;

/// <summary>A topic as it should be.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">How many partitions it has.</param>
/// <param name="IsCompacted">Whether only the newest record of each key is kept (<c>cleanup.policy=compact</c>).</param>
public sealed record TopicSpec(string Name, int Partitions, bool IsCompacted = false)
{
    /// <summary>How long records are kept in a topic that is not compacted; <see langword="null"/>: as the cluster's default says.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>
    /// Topics of one such group must agree in their number of partitions, since one process owns partition N of all of them; topics that
    /// don't stop the start. Empty: no such need.
    /// </summary>
    public string CoPartitionedAs { get; init; } = "";
}
