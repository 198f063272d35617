using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Hosting.Kafka;

namespace Recommender.Serving.OnDemand;

/// <summary>
/// Reads requests in a consumer group, one batch after the other, on a thread of its own. Offsets are committed when the answers are durable: a crash
/// answers some again, with the same ids. What is not taken yet waits in Kafka, so memory is bounded by the batch and a small prefetch.
/// </summary>
internal sealed class OnDemandConsumer(
    KafkaTopics topics, KafkaOptions kafka, OnDemandOptions options, OnDemandBatch batch, KafkaHealth health, TimeProvider time,
    ILogger<OnDemandConsumer> logger) : BackgroundService
{
    private const int PrefetchKilobytes = 16 << 10;
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Enabled) return;
        try
        {
            await topics.EnsureWhenReachableAsync(ProductTopics.Specs(kafka), stoppingToken);
        }
        catch (TopicMismatchException)
        {
            return; // the process is about to stop and say why
        }
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Factory.StartNew(() => RunSession(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            catch (KafkaException e)
            {
                OnDemandLog.SessionEnded(logger, e.Error.Reason);
                await Task.Delay(kafka.RetryDelay, time, stoppingToken);
            }
        }
    }

    private void RunSession(CancellationToken stoppingToken)
    {
        var config = KafkaConfigs.Consumer(kafka, options.GroupId);
        config.QueuedMaxMessagesKbytes = Math.Min(PrefetchKilobytes, kafka.MaxPrefetchMegabytes * 1024);
        using var consumer = KafkaConsumers.Build(config, health, logger).Build();
        consumer.Subscribe(Topics.Request);
        var outages = health.Outages;
        try
        {
            while (!stoppingToken.IsCancellationRequested && health.Outages == outages)
            {
                // Partitions come and go in here alone, so never with a batch half done.
                var records = Collect(consumer);
                if (records.Count == 0) continue;
                // This thread belongs to the session, so it may wait.
                batch.RunAsync(records, stoppingToken).GetAwaiter().GetResult();
                Commit(consumer, records);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was not committed is read again.
        }
        consumer.Close();
    }

    private List<TopicRecord> Collect(IConsumer<byte[]?, byte[]?> consumer)
    {
        var records = new List<TopicRecord>();
        for (var result = Consume(consumer, s_wait); result is not null; result = Consume(consumer, TimeSpan.Zero))
        {
            var at = RecordTimes.Of(result.Message.Timestamp, time.GetUtcNow());
            records.Add(new TopicRecord(
                new RecordPosition(result.Topic, result.Partition.Value, result.Offset.Value), result.Message.Key ?? [], result.Message.Value, result.Message.Headers ?? [], at));
            if (records.Count == options.MaxBatch) break;
        }
        return records;
    }

    private ConsumeResult<byte[]?, byte[]?>? Consume(IConsumer<byte[]?, byte[]?> consumer, TimeSpan wait)
    {
        try
        {
            return consumer.Consume(wait);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            // The client goes on by itself: the topic is just being created, or the broker is away.
            OnDemandLog.ConsumeFailed(logger, e.Error.Reason);
            return null;
        }
    }

    private void Commit(IConsumer<byte[]?, byte[]?> consumer, List<TopicRecord> records)
    {
        var next = new Dictionary<TopicPartition, Offset>();
        foreach (var record in records) next[new TopicPartition(record.Position.Topic, record.Position.Partition)] = record.Position.Offset + 1;
        try
        {
            consumer.Commit(next.Select(n => new TopicPartitionOffset(n.Key, n.Value)));
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            // They may be answered again, by this replica or another; the answers have the same ids.
            OnDemandLog.NotCommitted(logger, e.Error.Reason);
        }
    }
}
