using Confluent.Kafka;
using Recommender.Standalone.Cli;

namespace Recommender.Standalone.Inspect;

/// <summary>Prints the records of a topic.</summary>
/// <param name="topic">Full name.</param>
/// <param name="fromBeginning">Begin with the oldest record; otherwise with the next one to come.</param>
/// <param name="count">How many records at most.</param>
/// <param name="stopAtEnd">End where every partition ended when the reading began; what is written meanwhile is left out.</param>
/// <param name="withHeaders">Print what is around the value, too.</param>
internal sealed class TopicTail(string topic, bool fromBeginning, long count, bool stopAtEnd, bool withHeaders)
{
    /// <summary>Prints until the count, the end or a cancellation is reached.</summary>
    /// <exception cref="CommandFailure">Kafka or the topic is not there.</exception>
    public async Task WriteAsync(ServerAddress kafka, TextWriter output, CancellationToken cancellationToken)
    {
        await KafkaConnection.CheckAsync(kafka, cancellationToken);
        var partitions = KafkaConnection.FindPartitions(kafka, topic);
        using var consumer = KafkaConnection.OpenConsumer(kafka);
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(p, fromBeginning ? Offset.Beginning : Offset.End)));
        // Consume blocks its thread, so it gets one of its own.
        await Task.Factory.StartNew(() => Print(consumer, partitions, output, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Print(IConsumer<byte[], byte[]> consumer, TopicPartition[] partitions, TextWriter output, CancellationToken cancellationToken)
    {
        var open = stopAtEnd ? FindEnds(consumer, partitions) : null;
        for (var printed = 0L; printed < count && open is not { Count: 0 };)
        {
            var record = consumer.Consume(cancellationToken);
            if (open is not null)
            {
                if (!open.TryGetValue(record.Partition, out var end)) continue;
                var next = record.IsPartitionEOF ? record.Offset : record.Offset + 1;
                if (next >= end) open.Remove(record.Partition);
                // A compacted topic may lack the records in front of its end.
                if (next > end) continue;
            }
            if (record.IsPartitionEOF) continue;
            output.WriteLine(withHeaders ? RecordText.Whole(record) : RecordText.Value(record));
            output.Flush();
            printed++;
        }
    }

    /// <summary>Where the partitions end that have something to read.</summary>
    private Dictionary<Partition, Offset> FindEnds(IConsumer<byte[], byte[]> consumer, TopicPartition[] partitions) => !fromBeginning
        ? []
        : partitions.Select(p => (p.Partition, Offsets: consumer.QueryWatermarkOffsets(p, KafkaConnection.Timeout)))
            .Where(p => p.Offsets.High > p.Offsets.Low).ToDictionary(p => p.Partition, p => p.Offsets.High);
}
