using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Kafka;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Kafka;

/// <summary>Each test has a broker of its own, since it takes it down or lets it fail.</summary>
public sealed class BrokerOutageTests : IAsyncLifetime
{
    private const short Produce = 0;
    private const int NotEnoughReplicas = 19;
    private const int OutOfOrderSequence = 45;

    private readonly EmbeddedKafkaFixture _kafka = new();
    private readonly KafkaOptions _options;
    private readonly KafkaHealth _health;
    private readonly RecordProducer _producer;
    private readonly string _topic;

    public BrokerOutageTests()
    {
        _topic = _kafka.NewTopic();
        _options = _kafka.Options with { DeliveryTimeout = TimeSpan.FromSeconds(3), RetryDelay = TimeSpan.FromMilliseconds(700), MaxInFlight = 50 };
        _health = new KafkaHealth(_options, TimeProvider.System, NullLogger<KafkaHealth>.Instance);
        _producer = new RecordProducer(_options, _health, NoPacer.Instance, TimeProvider.System, NullLogger<RecordProducer>.Instance);
    }

    /// <summary>A producer that waits until the broker is back, however long that takes.</summary>
    private RecordProducer Patient() =>
        new(_options with { DeliveryTimeout = TimeSpan.FromMinutes(2) }, _health, NoPacer.Instance, TimeProvider.System, NullLogger<RecordProducer>.Instance);

    /// <summary>A busy machine may need longer to connect than a record waits.</summary>
    private Task<RecordPosition> ConnectAsync() => Eventually.SucceedsAsync<RecordPosition, KafkaUnavailableException>(() => _producer.ProduceAsync(Record(1), Cancelled));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _producer.DisposeAsync();
        await _health.DisposeAsync();
        _kafka.Dispose();
    }

    [Fact]
    public async Task A_record_that_is_not_taken_in_time_fails_with_a_retry_delay_and_later_ones_are_refused_at_once()
    {
        await ConnectAsync();
        _kafka.Broker.SetDown();

        var late = await Assert.ThrowsAsync<KafkaUnavailableException>(() => _producer.ProduceAsync(Record(2), Cancelled));
        Assert.Equal(_options.RetryDelay, late.RetryDelay);

        await Eventually.TrueAsync(() => _health.State == KafkaState.Unreachable);
        var refused = await Assert.ThrowsAsync<KafkaUnavailableException>(() => _producer.SendAsync(Record(3), Cancelled).AsTask());
        Assert.Equal(_options.RetryDelay, refused.RetryDelay);
        Assert.Equal("Kafka is out of reach", refused.Message);
    }

    [Fact]
    public async Task Only_so_many_records_are_held_while_the_broker_is_down()
    {
        await ConnectAsync();
        // It takes nothing any more, and is not known to be out of reach yet: then nothing would be held.
        _kafka.Broker.SetSlow(TimeSpan.FromMinutes(1));
        var most = 0;

        var batches = Enumerable.Range(0, 20).Select(_ =>
        {
            var batch = _producer.SendBatchAsync([.. Enumerable.Range(0, 100).Select(Record)], Cancelled);
            most = Math.Max(most, _producer.InFlight);
            return batch;
        }).ToArray();
        _kafka.Broker.SetDown();
        var outcomes = await Task.WhenAll(batches);

        Assert.Equal(50, most);
        Assert.All(outcomes.SelectMany(o => o), o => Assert.IsType<KafkaUnavailableException>(o.Error));
        Assert.Equal(0, _producer.InFlight);
    }

    [Fact]
    public async Task It_works_again_by_itself_when_the_broker_is_back()
    {
        await ConnectAsync();
        for (var outage = 0; outage < 2; outage++)
        {
            _kafka.Broker.SetDown();
            await Assert.ThrowsAsync<KafkaUnavailableException>(() => _producer.ProduceAsync(Record(2), Cancelled));
            await Eventually.TrueAsync(() => _health.State == KafkaState.Unreachable);
            _kafka.Broker.SetUp();

            await Eventually.SucceedsAsync<RecordPosition, KafkaUnavailableException>(() => _producer.ProduceAsync(Record(3), Cancelled));

            Assert.Equal(KafkaState.Reachable, _health.State);
        }
    }

    [Fact]
    public async Task A_record_that_waits_through_a_short_outage_arrives_once()
    {
        await using var producer = Patient();
        await producer.ProduceAsync(Record(1), Cancelled);
        _kafka.Broker.SetDown();
        var delivery = await producer.SendAsync(Record(2), Cancelled);
        _kafka.Broker.SetUp();

        await delivery;

        Assert.Equal([1, 2], LogReader.ReadToEnd(_kafka.Bootstrap, _topic).Select(r => BitConverter.ToInt32(r.Value!)));
    }

    [Fact]
    public async Task A_producer_that_failed_for_good_is_replaced()
    {
        await using var producer = Patient();
        await producer.ProduceAsync(Record(1), Cancelled);
        _kafka.Broker.FailNext(Produce, OutOfOrderSequence);

        await Assert.ThrowsAsync<KafkaUnavailableException>(() => producer.ProduceAsync(Record(2), Cancelled));
        var position = await Eventually.SucceedsAsync<RecordPosition, KafkaUnavailableException>(() => producer.ProduceAsync(Record(3), Cancelled));

        Assert.Equal(1, position.Offset);
        Assert.Equal(0, producer.InFlight);
    }

    [Fact]
    public async Task A_cluster_that_answers_but_takes_no_records_is_not_flooded()
    {
        _kafka.Broker.FailNext(Produce, [.. Enumerable.Repeat(NotEnoughReplicas, 10_000)]);
        await Assert.ThrowsAsync<KafkaUnavailableException>(() => _producer.ProduceAsync(Record(1), Cancelled));
        // The first failures still count as bad luck; from then on one record at a time tries.
        await Eventually.TrueAsync(async () =>
            (await Task.WhenAll(Enumerable.Range(0, 20).Select(FailureAsync))).Count(m => m == "Kafka takes no records at the moment") >= 19);

        // A question of a second's patience may find a busy machine silent; the next one does not.
        await Eventually.TrueAsync(() => _health.State == KafkaState.Reachable);
    }

    [Fact]
    public async Task A_broker_that_is_not_there_at_the_start_is_found_later()
    {
        _kafka.Broker.SetDown();
        await using var health = new KafkaHealth(_options, TimeProvider.System, NullLogger<KafkaHealth>.Instance);
        await using var producer = new RecordProducer(_options, health, NoPacer.Instance, TimeProvider.System, NullLogger<RecordProducer>.Instance);
        await Assert.ThrowsAsync<KafkaUnavailableException>(() => producer.ProduceAsync(Record(1), Cancelled));
        _kafka.Broker.SetUp();

        await Eventually.SucceedsAsync<RecordPosition, KafkaUnavailableException>(() => producer.ProduceAsync(Record(2), Cancelled));
    }

    private async Task<string> FailureAsync(int number) =>
        (await Assert.ThrowsAsync<KafkaUnavailableException>(() => _producer.ProduceAsync(Record(number), Cancelled))).Message;

    private KafkaRecord Record(int number) => new(_topic, "u1"u8.ToArray(), BitConverter.GetBytes(number));
}
