namespace Recommender.Hosting.Online;

/// <summary>A place in a log.</summary>
/// <param name="Log">Hash of the log's identity (<see cref="StableHash"/>).</param>
/// <param name="Topic">Number of the topic (<see cref="TopicNumbers"/>).</param>
/// <param name="Partition">Kafka partition.</param>
/// <param name="Next">The next offset to absorb.</param>
public readonly record struct LogPosition(ulong Log, byte Topic, int Partition, long Next);
