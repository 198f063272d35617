using Confluent.Kafka;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Inspect;

/// <summary>Reads what a topic holds at the moment.</summary>
internal static class TopicRows
{
    /// <summary>
    /// Hands out the values of a topic's records, those of one partition in their order, up to where each partition ends when the reading begins. Records
    /// without a value are left out.
    /// </summary>
    /// <exception cref="CommandFailure">Kafka or the topic is not there.</exception>
    public static async Task ReadAsync(ServerAddress kafka, string topic, Action<byte[]> take, CancellationToken cancellationToken)
    {
        await KafkaConnection.CheckAsync(kafka, cancellationToken);
        var partitions = KafkaConnection.FindPartitions(kafka, topic);
        // Consume blocks its thread, so it gets one of its own.
        await Task.Factory.StartNew(() => Read(kafka, partitions, take, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static void Read(ServerAddress kafka, TopicPartition[] partitions, Action<byte[]> take, CancellationToken cancellationToken)
    {
        using var consumer = KafkaConnection.OpenConsumer(kafka);
        var open = partitions.Select(p => (Place: p, Offsets: consumer.QueryWatermarkOffsets(p, KafkaConnection.Timeout)))
            .Where(p => p.Offsets.High > p.Offsets.Low).ToDictionary(p => p.Place, p => p.Offsets.High);
        consumer.Assign(open.Keys.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));
        while (open.Count > 0)
        {
            var record = consumer.Consume(cancellationToken);
            if (!open.TryGetValue(record.TopicPartition, out var end)) continue;
            if (!record.IsPartitionEOF && record.Offset < end && record.Message.Value is { } value) take(value);
            // A compacted topic, or one with transactions, may lack the record in front of its end.
            if (record.IsPartitionEOF || record.Offset + 1 >= end) open.Remove(record.TopicPartition);
        }
    }
}
