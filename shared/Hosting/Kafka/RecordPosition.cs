namespace Recommender.Hosting.Kafka;

/// <summary>Where a record is in the log.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">The partition, from 0.</param>
/// <param name="Offset">The offset within the partition, from 0.</param>
public readonly record struct RecordPosition(string Topic, int Partition, long Offset)
{
    /// <summary>The position as <c>topic[partition]@offset</c>.</summary>
    public override string ToString() => $"{Topic}[{Partition}]@{Offset}";
}
