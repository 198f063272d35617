using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Kafka;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Kafka;

public sealed class RecordProducerTests : IClassFixture<EmbeddedKafkaFixture>, IAsyncLifetime
{
    private readonly EmbeddedKafkaFixture _kafka;
    private readonly KafkaHealth _health;
    private readonly RecordProducer _producer;

    public RecordProducerTests(EmbeddedKafkaFixture kafka)
    {
        _kafka = kafka;
        _health = new KafkaHealth(kafka.Options, TimeProvider.System, NullLogger<KafkaHealth>.Instance);
        _producer = new RecordProducer(kafka.Options, _health, NoPacer.Instance, TimeProvider.System, NullLogger<RecordProducer>.Instance);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _producer.DisposeAsync();
        await _health.DisposeAsync();
    }

    [Fact]
    public async Task A_record_arrives_with_key_value_headers_and_timestamp()
    {
        var topic = _kafka.NewTopic();
        var time = new DateTimeOffset(2026, 11, 22, 8, 30, 0, 123, TimeSpan.Zero);
        Headers headers = [new Header("ce_id", "e1"u8.ToArray()), new Header("ce_type", "x"u8.ToArray())];

        var position = await _producer.ProduceAsync(new KafkaRecord(topic, "u1"u8.ToArray(), "v"u8.ToArray(), headers, time), Cancelled);

        var record = Assert.Single(LogReader.ReadToEnd(_kafka.Bootstrap, topic));
        Assert.Equal(position, record.Position);
        Assert.Equal("u1", Encoding.UTF8.GetString(record.Key));
        Assert.Equal("v", Encoding.UTF8.GetString(record.Value!));
        Assert.Equal(["ce_id=e1", "ce_type=x"], record.Headers.Select(h => $"{h.Key}={Encoding.UTF8.GetString(h.GetValueBytes())}"));
        Assert.Equal(time, record.Timestamp);
    }

    [Fact]
    public async Task A_record_without_value_is_a_tombstone()
    {
        var topic = _kafka.NewTopic();

        await _producer.ProduceAsync(new KafkaRecord(topic, "v1"u8.ToArray(), null), Cancelled);

        Assert.Null(Assert.Single(LogReader.ReadToEnd(_kafka.Bootstrap, topic)).Value);
    }

    [Fact]
    public async Task A_key_lands_in_the_partition_that_the_Java_clients_choose()
    {
        var topic = _kafka.NewTopic(partitions: 7);
        foreach (var key in Enumerable.Range(0, 100).Select(i => Encoding.UTF8.GetBytes($"user-{i}")))
        {
            var position = await _producer.ProduceAsync(new KafkaRecord(topic, key, [1]), Cancelled);

            Assert.Equal(Murmur2.PartitionOf(key, 7), position.Partition);
        }
    }

    [Fact]
    public async Task Records_of_one_key_keep_their_order()
    {
        const int Users = 20;
        const int Each = 500;
        var topic = _kafka.NewTopic();
        var deliveries = new List<Task<RecordPosition>>();
        for (var i = 0; i < Users * Each; i++)
            deliveries.Add(await _producer.SendAsync(Numbered(topic, i % Users, i), Cancelled));

        await Task.WhenAll(deliveries);

        var byUser = LogReader.ReadToEnd(_kafka.Bootstrap, topic).GroupBy(r => Encoding.UTF8.GetString(r.Key), r => BitConverter.ToInt32(r.Value!)).ToList();
        Assert.Equal(Users, byUser.Count);
        Assert.All(byUser, numbers =>
        {
            Assert.Equal(Each, numbers.Count());
            Assert.Equal(numbers.Order(), numbers);
        });
    }

    [Fact]
    public async Task Records_of_one_key_keep_their_order_when_they_have_to_wait_for_room()
    {
        var topic = _kafka.NewTopic();
        await using var narrow = new RecordProducer(
            _kafka.Options with { MaxInFlight = 3 }, _health, NoPacer.Instance, TimeProvider.System, NullLogger<RecordProducer>.Instance);

        var outcomes = await narrow.SendBatchAsync([.. Enumerable.Range(0, 200).Select(i => Numbered(topic, 1, i))], Cancelled);

        Assert.All(outcomes, o => Assert.Null(o.Error));
        Assert.Equal(Enumerable.Range(0, 200), LogReader.ReadToEnd(_kafka.Bootstrap, topic).Select(r => BitConverter.ToInt32(r.Value!)));
    }

    [Fact]
    public async Task Each_record_of_a_batch_has_an_outcome_of_its_own()
    {
        var topic = _kafka.NewTopic();
        KafkaRecord[] records = [Numbered(topic, 1, 1), new(topic, "u"u8.ToArray(), new byte[3 << 20]), Numbered(topic, 1, 2)];

        var outcomes = await _producer.SendBatchAsync(records, Cancelled);

        Assert.Equal([true, false, true], outcomes.Select(o => o.IsDurable));
        Assert.IsType<RecordRejectedException>(outcomes[1].Error);
        Assert.Equal([outcomes[0].Position, outcomes[2].Position], LogReader.ReadToEnd(_kafka.Bootstrap, topic).Select(r => r.Position));
    }

    [Fact]
    public async Task Behind_a_record_of_a_batch_that_finds_no_room_none_overtakes_it()
    {
        var topic = _kafka.NewTopic();
        await using var paced = new RecordProducer(_kafka.Options, _health, new Dawdling { Refuses = 2 }, TimeProvider.System, NullLogger<RecordProducer>.Instance);

        var outcomes = await paced.SendBatchAsync([.. Enumerable.Range(0, 4).Select(i => Numbered(topic, 1, i))], Cancelled);

        Assert.Equal([true, false, false, false], outcomes.Select(o => o.IsDurable));
        Assert.All(outcomes[1..], o => Assert.IsType<KafkaUnavailableException>(o.Error));
        Assert.Equal([0], LogReader.ReadToEnd(_kafka.Bootstrap, topic).Select(r => BitConverter.ToInt32(r.Value!)));
        Assert.Equal(0, paced.InFlight);
    }

    [Fact]
    public async Task An_empty_batch_has_no_outcomes() => Assert.Empty(await _producer.SendBatchAsync([], Cancelled));

    [Fact]
    public async Task A_record_that_is_too_large_is_refused_for_good()
    {
        var record = new KafkaRecord(_kafka.NewTopic(), "u"u8.ToArray(), new byte[3 << 20]);

        await Assert.ThrowsAsync<RecordRejectedException>(() => _producer.ProduceAsync(record, Cancelled));
    }

    [Fact]
    public async Task What_was_handed_over_is_in_the_log_after_a_flush()
    {
        var topic = _kafka.NewTopic();
        var delivery = await _producer.SendAsync(Numbered(topic, 1, 1), Cancelled);

        await _producer.FlushAsync(Cancelled);

        Assert.Equal(0, _producer.InFlight);
        Assert.Equal(0, (await delivery).Offset);
    }

    [Fact]
    public async Task What_was_handed_over_is_in_the_log_after_closing_and_nothing_more_is_taken()
    {
        var topic = _kafka.NewTopic();
        var producer = new RecordProducer(_kafka.Options, _health, NoPacer.Instance, TimeProvider.System, NullLogger<RecordProducer>.Instance);
        var deliveries = new List<Task<RecordPosition>>();
        for (var i = 0; i < 1000; i++)
            deliveries.Add(await producer.SendAsync(Numbered(topic, i, i), Cancelled));

        await producer.DisposeAsync();

        await Task.WhenAll(deliveries);
        Assert.Equal(1000, LogReader.ReadToEnd(_kafka.Bootstrap, topic).Count);
        await Assert.ThrowsAsync<KafkaUnavailableException>(() => producer.ProduceAsync(Numbered(topic, 1, 1), Cancelled));
    }

    [Fact]
    public async Task What_comes_while_it_closes_has_an_outcome_too()
    {
        var topic = _kafka.NewTopic();
        var producer = new RecordProducer(_kafka.Options, _health, new Dawdling(), TimeProvider.System, NullLogger<RecordProducer>.Instance);
        var sending = Enumerable.Range(0, 500).Select(i => producer.SendAsync(Numbered(topic, i, i), Cancelled).AsTask()).ToArray();
        await Task.Delay(50, Cancelled); // in the middle of them

        await producer.DisposeAsync();

        var outcomes = sending.Select(async s =>
        {
            try
            {
                return await await s;
            }
            catch (KafkaUnavailableException)
            {
                return default(RecordPosition?);
            }
        });
        var positions = await Task.WhenAll(outcomes).WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
        Assert.Equal(positions.OfType<RecordPosition>().Count(), LogReader.ReadToEnd(_kafka.Bootstrap, topic).Count);
    }

    private static KafkaRecord Numbered(string topic, int user, int number) =>
        new(topic, Encoding.UTF8.GetBytes($"user-{user}"), BitConverter.GetBytes(number));

    /// <summary>Lets records through over some time, one after the other.</summary>
    private sealed class Dawdling : IProducePacer
    {
        private int _asked;

        /// <summary>The number of the record that finds no room, from 1.</summary>
        public int Refuses { get; init; }

        public async ValueTask<bool> WaitAsync(string topic, byte[] key, int bytes, TimeSpan timeout, CancellationToken cancellationToken)
        {
            var number = Interlocked.Increment(ref _asked);
            await Task.Delay(TimeSpan.FromMilliseconds(number / 2.0), cancellationToken);
            return number != Refuses;
        }

        public void OnDelivered(RecordPosition position, int bytes)
        {
        }

        public void OnFailed(string topic, byte[] key, int bytes)
        {
        }

        public void OnAbsorbed(string topic, int partition, long nextOffset)
        {
        }

        public ValueTask WhenSettledAsync(string topic, int partition, long nextOffset, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
