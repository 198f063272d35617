using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Kafka;
using Recommender.Standalone.Embedded;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Kafka;

public sealed class CompactedTopicReaderTests : IAsyncLifetime
{
    private readonly EmbeddedKafkaFixture _kafka = new();
    private readonly KafkaHealth _health;
    private readonly RecordProducer _producer;
    private readonly ConcurrentDictionary<string, string?> _state = new();

    public CompactedTopicReaderTests()
    {
        _health = new KafkaHealth(_kafka.Options, TimeProvider.System, NullLogger<KafkaHealth>.Instance);
        _producer = new RecordProducer(_kafka.Options, _health, NoPacer.Instance, TimeProvider.System, NullLogger<RecordProducer>.Instance);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _producer.DisposeAsync();
        await _health.DisposeAsync();
        _kafka.Dispose();
    }

    [Fact]
    public async Task It_has_everything_once_it_says_that_it_caught_up()
    {
        var topic = _kafka.NewTopic();
        await WriteAsync(topic, Enumerable.Range(0, 500).Select(i => ($"v{i}", (string?)"old")));
        await WriteAsync(topic, Enumerable.Range(0, 100).Select(i => ($"v{i}", (string?)"new")));
        await WriteAsync(topic, [("v7", null)]);
        await using var reader = Reader(topic);

        reader.Start();
        await reader.CaughtUp.WaitAsync(Cancelled);

        Assert.Equal(601, reader.Records);
        Assert.Equal("new", _state["v0"]);
        Assert.Equal("old", _state["v499"]);
        Assert.Null(_state["v7"]);
    }

    [Fact]
    public async Task An_empty_topic_is_caught_up_at_once()
    {
        await using var reader = Reader(_kafka.NewTopic());

        reader.Start();

        await reader.CaughtUp.WaitAsync(Cancelled);
    }

    [Fact]
    public async Task It_follows_what_is_written_later()
    {
        var topic = _kafka.NewTopic();
        await using var reader = Reader(topic);
        reader.Start();
        await reader.CaughtUp.WaitAsync(Cancelled);

        await WriteAsync(topic, [("v1", "later")]);

        await Eventually.TrueAsync(() => _state.ContainsKey("v1"));
    }

    [Fact]
    public async Task It_reads_a_log_that_came_in_the_place_of_another_from_the_beginning()
    {
        const string Topic = "moved";
        var before = new EmbeddedKafkaFixture();
        before.Broker.CreateTopic(Topic, 1);
        await WriteToAsync(before, ("v1", "old"), ("v2", "old"));
        var door = Open(before, 0);
        var options = _kafka.Options with { BootstrapServers = $"127.0.0.1:{door.Port}" };
        await using var health = new KafkaHealth(options, TimeProvider.System, NullLogger<KafkaHealth>.Instance);
        await using var reader = new CompactedTopicReader(options, health, TimeProvider.System, NullLogger.Instance, Topic, Handle);
        reader.Start();
        await reader.CaughtUp.WaitAsync(Cancelled);

        await door.DisposeAsync();
        before.Dispose();
        await Eventually.TrueAsync(() => health.State == KafkaState.Unreachable);
        using var after = new EmbeddedKafkaFixture();
        after.Broker.CreateTopic(Topic, 1);
        await WriteToAsync(after, ("v1", "new"), ("v2", null), ("v3", "new"));
        await using var again = Open(after, door.Port);

        await Eventually.TrueAsync(() => _state.GetValueOrDefault("v3") == "new");
        Assert.Equal(("new", null), (_state["v1"], _state["v2"]));

        static BootstrapForwarder Open(EmbeddedKafkaFixture kafka, int port)
        {
            var door = new BootstrapForwarder(port, kafka.Broker.EndPoint);
            door.Begin();
            return door;
        }

        static async Task WriteToAsync(EmbeddedKafkaFixture kafka, params (string Key, string? Value)[] records)
        {
            using var producer = new ProducerBuilder<string, string?>(new ProducerConfig { BootstrapServers = kafka.Bootstrap }).Build();
            foreach (var (key, value) in records) await producer.ProduceAsync(Topic, new Message<string, string?> { Key = key, Value = value }, Cancelled);
        }
    }

    [Fact]
    public async Task It_goes_on_after_an_outage_and_hands_nothing_out_twice()
    {
        var topic = _kafka.NewTopic();
        await WriteAsync(topic, [("v1", "before")]);
        await using var reader = Reader(topic);
        reader.Start();
        await reader.CaughtUp.WaitAsync(Cancelled);

        _kafka.Broker.SetDown();
        await Eventually.TrueAsync(() => _health.State == KafkaState.Unreachable);
        _kafka.Broker.SetUp();
        await WriteAsync(topic, [("v2", "after")]);

        await Eventually.TrueAsync(() => reader.Records >= 2);
        Assert.Equal((2, "after"), (reader.Records, _state["v2"]));
    }

    [Fact]
    public async Task It_waits_for_a_broker_that_is_not_there_at_the_start()
    {
        var topic = _kafka.NewTopic();
        await WriteAsync(topic, [("v1", "there")]);
        _kafka.Broker.SetDown();
        await using var reader = Reader(topic);
        reader.Start();
        await Eventually.TrueAsync(() => _health.State == KafkaState.Unreachable);
        Assert.False(reader.CaughtUp.IsCompleted);

        _kafka.Broker.SetUp();

        await reader.CaughtUp.WaitAsync(Cancelled);
        Assert.Equal("there", _state["v1"]);
    }

    [Fact]
    public async Task It_waits_for_a_topic_that_does_not_exist_yet_and_does_not_create_it()
    {
        await using var reader = Reader("later.v1");
        reader.Start();
        await Task.Delay(TimeSpan.FromSeconds(1), Cancelled);

        _kafka.Broker.CreateTopic("later.v1", 3); // would fail if the reader had created it
        await WriteAsync("later.v1", [("v1", "there")]);

        await reader.CaughtUp.WaitAsync(Cancelled);
        await Eventually.TrueAsync(() => _state.ContainsKey("v1"));
    }

    [Fact]
    public async Task A_record_that_its_handler_can_not_take_does_not_hold_up_the_others()
    {
        var topic = _kafka.NewTopic(partitions: 1);
        await WriteAsync(topic, [("poison", "x"), ("v1", "x")]);
        await using var reader = Reader(topic);

        reader.Start();
        await reader.CaughtUp.WaitAsync(Cancelled);

        Assert.Equal("x", _state["v1"]);
        Assert.False(_state.ContainsKey("poison"));
    }

    [Fact]
    public async Task A_record_of_an_impossible_time_does_not_hold_up_the_others()
    {
        var topic = _kafka.NewTopic(partitions: 1);
        using (var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = _kafka.Bootstrap }).Build())
            await producer.ProduceAsync(topic, new Message<string, string> { Key = "v0", Value = "x", Timestamp = new(long.MaxValue / 2, TimestampType.CreateTime) }, Cancelled);
        await WriteAsync(topic, [("v1", "x")]);
        await using var reader = Reader(topic);

        reader.Start();
        await reader.CaughtUp.WaitAsync(Cancelled);

        Assert.Equal(("x", "x"), (_state["v0"], _state["v1"]));
    }

    [Fact]
    public async Task After_it_was_stopped_the_handler_is_not_called_and_nobody_waits_for_ever()
    {
        _kafka.Broker.SetDown();
        var reader = Reader("never.v1");
        reader.Start();

        await reader.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.CaughtUp);
    }

    private CompactedTopicReader Reader(string topic) => new(
        _kafka.Options, _health, TimeProvider.System, NullLogger.Instance, topic, Handle);

    private ValueTask Handle(TopicRecord record, CancellationToken cancellationToken)
    {
        var key = Encoding.UTF8.GetString(record.Key);
        if (key == "poison")
            throw new FormatException("can't be read");

        _state[key] = record.Value is null ? null : Encoding.UTF8.GetString(record.Value);
        return ValueTask.CompletedTask;
    }

    private async Task WriteAsync(string topic, IEnumerable<(string Key, string? Value)> records)
    {
        foreach (var (key, value) in records)
        {
            await Eventually.SucceedsAsync<RecordPosition, KafkaUnavailableException>(() => _producer.ProduceAsync(
                new KafkaRecord(topic, Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value)), Cancelled));
        }
    }
}
