using Confluent.Kafka;
using Recommender.Contracts;
using Recommender.Hosting.Kafka;

namespace Recommender.Tests.Benchmarks.Events;

/// <summary>The client of Kafka with nothing of ours around it: what rates are compared with.</summary>
internal sealed class RawKafka(KafkaOptions options)
{
    /// <summary>Writes records, acknowledged and idempotent as the door does.</summary>
    public async Task<Measured> ProduceAsync((string Topic, Message<byte[], byte[]> Message)[] messages)
    {
        var events = messages.Length;
        var config = new ProducerConfig
        {
            BootstrapServers = options.BootstrapServers, Acks = Acks.All, EnableIdempotence = true, Partitioner = Partitioner.Murmur2Random, LingerMs = 2,
            CompressionType = CompressionType.Lz4, DeliveryReportFields = "none",
        };
        using var producer = new ProducerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
        var (done, count) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0);
        var measurement = Measured.Begin();
        foreach (var (topic, message) in messages)
        {
            while (true)
            {
                try
                {
                    producer.Produce(topic, message, _ =>
                    {
                        if (Interlocked.Increment(ref count) == events) done.SetResult();
                    });
                    break;
                }
                catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Poll(TimeSpan.FromMilliseconds(5));
                }
            }
        }
        await done.Task;
        return measurement.End(events);
    }

    /// <summary>
    /// Reads as many records of the event topics from their beginning. Measured from the first one on, as absorption is from its first batch on: to find
    /// out where to read takes the client half a second.
    /// </summary>
    public Measured Consume(int events)
    {
        var config = KafkaConfigs.Consumer(options, "raw");
        config.ConsumeResultFields = "timestamp,topic";
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(Topics.Events.SelectMany(t => Enumerable.Range(0, options.Partitions).Select(p => new TopicPartitionOffset(t, p, Offset.Beginning))));
        var measurement = default(Measurement);
        for (var read = 0; read < events; read++)
        {
            if (consumer.Consume(TimeSpan.FromSeconds(30)) is null) throw new InvalidOperationException($"{read} of {events} arrived.");
            if (read == 0) measurement = Measured.Begin();
        }
        return measurement.End(events - 1);
    }
}
