using Confluent.Kafka;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Inspect;

/// <summary>Prints the records of a topic.</summary>
/// <param name="topic">Full name.</param>
/// <param name="fromBeginning">Begin with the oldest record; otherwise with the next one to come.</param>
/// <param name="count">How many records at most.</param>
/// <param name="stopAtEnd">End when every partition has been read to its end.</param>
/// <param name="withHeaders">Print what is around the value, too.</param>
internal sealed class TopicTail(string topic, bool fromBeginning, long count, bool stopAtEnd, bool withHeaders)
{
    /// <summary>Prints until the count, the end or a cancellation is reached.</summary>
    /// <exception cref="CommandFailure">Kafka or the topic is not there.</exception>
    public async Task WriteAsync(ServerAddress kafka, TextWriter output, CancellationToken cancellationToken)
    {
        await KafkaConnection.CheckAsync(kafka, cancellationToken);
        var partitions = FindPartitions(kafka);
        using var consumer = KafkaConnection.OpenConsumer(kafka);
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(p, fromBeginning ? Offset.Beginning : Offset.End)));
        // Consume blocks its thread, so it gets one of its own.
        await Task.Factory.StartNew(() => Print(consumer, partitions.Length, output, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Print(IConsumer<byte[], byte[]> consumer, int partitions, TextWriter output, CancellationToken cancellationToken)
    {
        var ended = new HashSet<int>();
        for (var printed = 0L; printed < count && (!stopAtEnd || ended.Count < partitions);)
        {
            var record = consumer.Consume(cancellationToken);
            if (record.IsPartitionEOF)
            {
                ended.Add(record.Partition);
                continue;
            }
            output.WriteLine(withHeaders ? RecordText.Whole(record) : RecordText.Value(record));
            output.Flush();
            printed++;
        }
    }

    private TopicPartition[] FindPartitions(ServerAddress kafka)
    {
        using var admin = KafkaConnection.OpenAdmin(kafka);
        try
        {
            // Asking for all topics, since asking for one that is not there can create it.
            var topics = admin.GetMetadata(KafkaConnection.Timeout).Topics;
            var found = topics.SingleOrDefault(t => t.Topic == topic && t.Partitions.Count > 0);
            if (found is not null) return [.. found.Partitions.Select(p => new TopicPartition(topic, p.PartitionId))];
            var names = string.Join(", ", topics.Select(t => t.Topic).Order(StringComparer.Ordinal));
            throw CommandFailure.Usage($"There is no topic {topic} at {kafka}; there are: {names}.");
        }
        catch (KafkaException e)
        {
            throw KafkaConnection.NotRunning(kafka, e);
        }
    }
}
