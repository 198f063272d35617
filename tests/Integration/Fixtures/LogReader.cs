using Confluent.Kafka;
using Recommender.Hosting.Kafka;

namespace Recommender.Tests.Fixtures;

/// <summary>Reads topics as any other client would.</summary>
public static class LogReader
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>All records that a topic holds now; in order within a partition.</summary>
    public static List<TopicRecord> ReadToEnd(string bootstrap, string topic)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = "test-reader",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            FetchWaitMaxMs = 5,
        }).SetLogHandler((_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = admin.GetMetadata(Timeout).Topics.Single(t => t.Topic == topic).Partitions;
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(topic, p.PartitionId, Offset.Beginning)));
        var records = new List<TopicRecord>();
        for (var open = partitions.Count; open > 0;)
        {
            var result = consumer.Consume(Timeout) ?? throw new TimeoutException($"The end of {topic} was not reached.");
            if (result.IsPartitionEOF)
                open--;
            else
                records.Add(ToRecord(result));
        }

        return records;
    }

    private static TopicRecord ToRecord(ConsumeResult<byte[]?, byte[]?> result) => new(
        new RecordPosition(result.Topic, result.Partition.Value, result.Offset.Value),
        result.Message.Key ?? [],
        result.Message.Value,
        result.Message.Headers,
        new DateTimeOffset(result.Message.Timestamp.UtcDateTime, TimeSpan.Zero));
}
