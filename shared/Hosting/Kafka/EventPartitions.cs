namespace Recommender.Hosting.Kafka;

/// <summary>
/// How many partitions the topics of viewers' events really have: existing topics keep theirs, whatever <see cref="KafkaOptions.Partitions"/>
/// says. Until Kafka was asked it is what the option says. Safe for concurrent use.
/// </summary>
/// <param name="options">What is created where nothing exists.</param>
public sealed class EventPartitions(KafkaOptions options)
{
    private int _count = options.Partitions;

    /// <summary>Number of partitions; those of all event topics are equal.</summary>
    public int Count
    {
        get => Volatile.Read(ref _count);
        internal set => Volatile.Write(ref _count, value);
    }
}
