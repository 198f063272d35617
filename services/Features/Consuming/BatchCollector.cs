using Confluent.Kafka;
using Recommender.Hosting.Kafka;

namespace Recommender.Features.Consuming;

/// <summary>Takes records from the client: all that are at hand, up to a limit, and never waits for more than one.</summary>
internal sealed class BatchCollector(IConsumer<byte[]?, byte[]?> consumer, FeaturesOptions options, TimeProvider time, ILogger logger)
{
    private static readonly Headers s_noHeaders = [];

    /// <summary>Waits for a record and takes what is behind it. Rebalances happen in here.</summary>
    /// <param name="wait">The longest wait.</param>
    /// <param name="batch">Where the records go.</param>
    /// <returns>Whether the batch is full, so that more may be at hand.</returns>
    /// <exception cref="LogChangedException">A log is not the one that was read so far.</exception>
    public bool Collect(TimeSpan wait, RecordBatch batch)
    {
        for (var result = Consume(wait); result is not null; result = Consume(TimeSpan.Zero))
        {
            batch.Add(Convert(result));
            if (batch.IsFull(options)) return true;
        }
        return false;
    }

    /// <summary>Serves the group; a record that comes nevertheless is dropped, to be read again.</summary>
    public void Poll(TimeSpan wait) => Consume(wait);

    private ConsumeResult<byte[]?, byte[]?>? Consume(TimeSpan wait)
    {
        try
        {
            return consumer.Consume(wait);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            // The client goes on by itself: the topic is just being created, or the broker is away.
            ConsumingLog.ConsumeFailed(logger, e.Error.Reason);
            return null;
        }
    }

    private TopicRecord Convert(ConsumeResult<byte[]?, byte[]?> result)
    {
        var message = result.Message;
        var at = RecordTimes.Of(message.Timestamp, time.GetUtcNow());
        return new TopicRecord(
            new RecordPosition(result.Topic, result.Partition.Value, result.Offset.Value), message.Key ?? [], message.Value, message.Headers ?? s_noHeaders, at);
    }
}
