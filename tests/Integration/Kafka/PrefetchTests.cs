using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Features.Consuming;
using Recommender.Hosting.Kafka;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Kafka;

/// <summary>How much a consumer holds that nobody takes.</summary>
public sealed class PrefetchTests(EmbeddedKafkaFixture kafka) : IClassFixture<EmbeddedKafkaFixture>
{
    private const int Partitions = 4;
    private const int Records = 3000;
    private const long Mebibyte = 1 << 20;

    [Fact]
    public async Task A_slow_consumer_leaves_in_the_log_what_is_beyond_its_bound()
    {
        var topic = kafka.NewTopic(Partitions);
        var options = kafka.Options with { MaxPrefetchMegabytes = 1, Compression = "none" };
        await using var health = new KafkaHealth(options, TimeProvider.System, NullLogger<KafkaHealth>.Instance);
        await using (var producer = new RecordProducer(options, health, NoPacer.Instance, TimeProvider.System, NullLogger<RecordProducer>.Instance))
        {
            var outcomes = await producer.SendBatchAsync([.. Enumerable.Range(0, Records).Select(i => new KafkaRecord(topic, BitConverter.GetBytes(i), new byte[3000]))]);
            Assert.All(outcomes, o => Assert.Null(o.Error));
        }
        var (most, told) = (0L, 0);
        var config = KafkaConfigs.Consumer(options, topic);
        config.StatisticsIntervalMs = 200;
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).SetStatisticsHandler((_, json) =>
        {
            (most, told) = (Math.Max(most, ClientStatistics.PrefetchedBytes(json)), told + 1);
        }).Build();
        consumer.Assign(Enumerable.Range(0, Partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));

        for (var taken = 0; taken < 100 || told < 10; taken++)
        {
            Assert.NotNull(consumer.Consume(TimeSpan.FromSeconds(60)));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        // Of nine mebibytes: one that waits, one on its way, and what the client counts besides the values.
        Assert.InRange(most, Mebibyte / 4, 4 * Mebibyte);
    }
}
