using Confluent.Kafka;
using Recommender.Hosting.Kafka;

namespace Recommender.Standalone.Replay;

/// <summary>Finds the first record of a partition that was written at some time or later.</summary>
/// <param name="consumer">A client without an assignment of its own.</param>
internal sealed class OffsetsAt(IConsumer<byte[], byte[]> consumer)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    /// <summary>The offset; the end of the log when nothing was written since.</summary>
    /// <exception cref="KafkaException">Kafka does not answer.</exception>
    public TopicPartitionOffset Find(TopicPartition partition, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var found = consumer.OffsetsForTimes([new TopicPartitionTimestamp(partition, new Timestamp(at))], s_timeout)[0].Offset;
        if (found.Value >= 0) return new TopicPartitionOffset(partition, found);
        var ends = consumer.QueryWatermarkOffsets(partition, s_timeout);
        // "None" is believed when the last record says so, too: the embedded broker does not know the times of its records.
        var isTrue = ends.High.Value <= ends.Low.Value || TimeOf(ReadAt(partition, ends.High.Value - 1, cancellationToken)) < at;
        return new TopicPartitionOffset(partition, isTrue ? ends.High : Search(partition, ends, at, cancellationToken));
    }

    /// <summary>Reads from the beginning. Times of records are those of their makers and need not grow, so there is no shorter way.</summary>
    private Offset Search(TopicPartition partition, WatermarkOffsets ends, DateTimeOffset at, CancellationToken cancellationToken)
    {
        consumer.Assign(new TopicPartitionOffset(partition, ends.Low));
        try
        {
            while (true)
            {
                var record = consumer.Consume(cancellationToken);
                if (record.IsPartitionEOF || TimeOf(record) >= at) return record.Offset;
            }
        }
        finally
        {
            consumer.Unassign();
        }
    }

    private ConsumeResult<byte[], byte[]> ReadAt(TopicPartition partition, long offset, CancellationToken cancellationToken)
    {
        consumer.Assign(new TopicPartitionOffset(partition, offset));
        try
        {
            return consumer.Consume(cancellationToken);
        }
        finally
        {
            consumer.Unassign();
        }
    }

    private static DateTimeOffset TimeOf(ConsumeResult<byte[], byte[]> record) =>
        record.IsPartitionEOF ? DateTimeOffset.MinValue : RecordTimes.Of(record.Message.Timestamp, DateTimeOffset.MaxValue);
}
