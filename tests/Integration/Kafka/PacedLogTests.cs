using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Kafka;
using Recommender.Standalone.Embedded;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Kafka;

public sealed class PacedLogTests : IClassFixture<EmbeddedKafkaFixture>, IAsyncLifetime
{
    private const int Records = 16 << 10;
    private readonly EmbeddedKafkaFixture _kafka;
    private readonly string _topic;
    private readonly EmbeddedBrokerPacer _pacer;
    private readonly KafkaHealth _health;
    private readonly RecordProducer _producer;

    public PacedLogTests(EmbeddedKafkaFixture kafka)
    {
        _kafka = kafka;
        _topic = kafka.NewTopic(partitions: 1);
        _pacer = new EmbeddedBrokerPacer(new Dictionary<string, int> { [_topic] = 1 }, TimeProvider.System);
        var options = kafka.Options with { DeliveryTimeout = TimeSpan.FromSeconds(60), Compression = "none" };
        _health = new KafkaHealth(options, TimeProvider.System, NullLogger<KafkaHealth>.Instance);
        _producer = new RecordProducer(options, _health, _pacer, TimeProvider.System, NullLogger<RecordProducer>.Instance);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _producer.DisposeAsync();
        await _health.DisposeAsync();
    }

    [Fact]
    public async Task A_slow_reader_loses_nothing_of_sixteen_mebibytes_in_a_log_that_keeps_five()
    {
        var reading = Task.Run(ReadSlowly, Cancelled);

        var outcomes = await _producer.SendBatchAsync([.. Enumerable.Range(0, Records).Select(Record)], Cancelled);

        Assert.All(outcomes, o => Assert.Null(o.Error));
        Assert.Equal(Enumerable.Range(0, Records), await reading);
    }

    [Fact]
    public async Task Without_a_reader_the_producer_is_told_to_come_back_later()
    {
        await using var producer = new RecordProducer(
            _kafka.Options with { DeliveryTimeout = TimeSpan.FromSeconds(15) }, _health, _pacer, TimeProvider.System,
            NullLogger<RecordProducer>.Instance);
        // A busy machine may need longer to connect than a batch waits for room.
        await Eventually.TrueAsync(async () => (await producer.SendBatchAsync([Record(0)], Cancelled))[0].IsDurable, "the broker takes a record");

        var outcomes = await producer.SendBatchAsync([.. Enumerable.Range(0, 2600).Select(Record)], Cancelled);

        // 2,600 records of some 1,100 bytes are more than 2.5 MiB. Those that find no room wait together, not one after the other.
        var later = outcomes.Where(o => !o.IsDurable).ToList();
        Assert.InRange(later.Count, 1, 401);
        Assert.All(later, o => Assert.Equal("Records arrive faster than they are processed", Assert.IsType<KafkaUnavailableException>(o.Error).Message));
    }

    private KafkaRecord Record(int number)
    {
        var value = new byte[1024];
        BitConverter.TryWriteBytes(value, number);
        return new KafkaRecord(_topic, "u"u8.ToArray(), value);
    }

    private List<int> ReadSlowly()
    {
        var config = KafkaConfigs.Consumer(_kafka.Options with { MaxPrefetchMegabytes = 1 }, "slow");
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(config).Build();
        consumer.Assign(new TopicPartitionOffset(_topic, 0, Offset.Beginning));
        var seen = new List<int>();
        while (seen.Count < Records)
        {
            var result = consumer.Consume(TimeSpan.FromSeconds(60));
            if (result is null)
                break;

            seen.Add(BitConverter.ToInt32(result.Message.Value));
            if (seen.Count % 500 == 0)
            {
                TestContext.Current.CancellationToken.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(20));
                _pacer.OnAbsorbed(_topic, 0, result.Offset.Value + 1);
            }
        }

        _pacer.OnAbsorbed(_topic, 0, long.MaxValue);
        return seen;
    }
}
