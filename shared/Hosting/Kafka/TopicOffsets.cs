using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Recommender.Hosting.Kafka;

/// <summary>Where the logs of topics begin and end.</summary>
public static class TopicOffsets
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    /// <summary>As the other one, with a connection of its own.</summary>
    /// <param name="options">The options.</param>
    /// <param name="topics">The topics.</param>
    /// <exception cref="KafkaException">Not all brokers answered.</exception>
    public static async Task<IReadOnlyDictionary<(string Topic, int Partition), (long First, long End)>> ReadAsync(KafkaOptions options, IReadOnlyCollection<string> topics)
    {
        using var admin = new AdminClientBuilder(KafkaConfigs.Admin(options)).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        return await ReadAsync(admin, topics, s_timeout);
    }

    /// <summary>Asks the brokers for the first offset and the one behind the last record, of every partition of those topics that exist.</summary>
    /// <param name="admin">The client.</param>
    /// <param name="topics">The topics.</param>
    /// <param name="timeout">Time for each question.</param>
    /// <exception cref="KafkaException">Not all of them answered.</exception>
    public static async Task<IReadOnlyDictionary<(string Topic, int Partition), (long First, long End)>> ReadAsync(
        IAdminClient admin, IReadOnlyCollection<string> topics, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(admin);
        // Of all topics: asking for one that is not there can create it.
        var partitions = admin.GetMetadata(timeout).Topics.Where(t => topics.Contains(t.Topic))
            .SelectMany(t => t.Partitions.Select(p => new TopicPartition(t.Topic, p.PartitionId))).ToArray();
        if (partitions.Length == 0) return new Dictionary<(string, int), (long, long)>();
        var options = new ListOffsetsOptions { RequestTimeout = timeout };
        var first = await admin.ListOffsetsAsync(partitions.Select(p => new TopicPartitionOffsetSpec { TopicPartition = p, OffsetSpec = OffsetSpec.Earliest() }), options);
        var end = await admin.ListOffsetsAsync(partitions.Select(p => new TopicPartitionOffsetSpec { TopicPartition = p, OffsetSpec = OffsetSpec.Latest() }), options);
        var firsts = first.ResultInfos.ToDictionary(r => r.TopicPartitionOffsetError.TopicPartition, r => r.TopicPartitionOffsetError.Offset.Value);
        return end.ResultInfos.Select(r => r.TopicPartitionOffsetError).ToDictionary(r => (r.Topic, r.Partition.Value), r => (firsts[r.TopicPartition], r.Offset.Value));
    }
}
