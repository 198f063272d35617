using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Recommender.Features.Consuming;

/// <summary>Where logs end.</summary>
internal sealed class LogEnds(IConsumer<byte[]?, byte[]?> consumer)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    /// <summary>Asks the brokers for the offset behind the last record of each partition.</summary>
    /// <exception cref="KafkaException">Not all of them answered.</exception>
    public Dictionary<(string Topic, int Partition), long> Find(IReadOnlyCollection<PartitionLog> logs)
    {
        if (logs.Count == 0) return [];
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var questions = logs.Select(l => new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(l.Topic, l.Partition), OffsetSpec = OffsetSpec.Latest() });
        var answers = admin.ListOffsetsAsync(questions, new ListOffsetsOptions { RequestTimeout = s_timeout }).GetAwaiter().GetResult();
        return answers.ResultInfos.ToDictionary(
            r => (r.TopicPartitionOffsetError.Topic, r.TopicPartitionOffsetError.Partition.Value), r => r.TopicPartitionOffsetError.Offset.Value);
    }

    /// <summary>The offset behind the last record as the client last heard of it; 0 when it has not.</summary>
    public long Known(PartitionLog log) => Math.Max(0, consumer.GetWatermarkOffsets(new TopicPartition(log.Topic, log.Partition)).High.Value);
}
