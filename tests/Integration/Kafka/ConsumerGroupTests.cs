using System.Collections.Concurrent;
using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Kafka;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Kafka;

public sealed class ConsumerGroupTests : IClassFixture<EmbeddedKafkaFixture>, IAsyncLifetime
{
    private readonly EmbeddedKafkaFixture _kafka;
    private readonly KafkaHealth _health;
    private readonly RecordProducer _producer;
    private readonly string[] _topics;

    public ConsumerGroupTests(EmbeddedKafkaFixture kafka)
    {
        _kafka = kafka;
        // Of an odd number, dealing out all partitions one by one gives other shares than dealing out each topic's.
        _topics = [kafka.NewTopic(partitions: 7), kafka.NewTopic(partitions: 7), kafka.NewTopic(partitions: 7)];
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
    public async Task One_member_owns_a_partition_number_of_all_topics()
    {
        using var first = new Member(_kafka.Options, _topics);
        using var second = new Member(_kafka.Options, _topics);

        await Eventually.TrueAsync(() => first.Owned.Count > 0 && second.Owned.Count > 0 && first.Owned.Count + second.Owned.Count == 21);

        Assert.Empty(first.Owned.Select(p => p.Partition).Intersect(second.Owned.Select(p => p.Partition)));
        Assert.All([first, second], m => Assert.All(m.Owned.GroupBy(p => p.Partition), g => Assert.Equal(3, g.Count())));
    }

    [Fact]
    public async Task A_member_goes_on_where_the_group_committed_and_nowhere_else()
    {
        var topic = _topics[0];
        for (var i = 0; i < 10; i++)
            await _producer.ProduceAsync(new KafkaRecord(topic, "u"u8.ToArray(), [(byte)i]), Cancelled);

        using (var first = new Member(_kafka.Options, _topics))
        {
            await Eventually.TrueAsync(() => first.Values.Count == 10);
            first.CommitUpTo(6);
        }

        using var second = new Member(_kafka.Options, _topics);
        await Eventually.TrueAsync(() => second.Values.Count == 4);
        Assert.Equal([6, 7, 8, 9], second.Values);
    }

    // The embedded broker gives a static member that comes back a new place, unlike Apache Kafka; that it does not leave is all that can be seen here.
    [Fact]
    public async Task A_static_member_that_stops_is_waited_for_and_nothing_moves_meanwhile()
    {
        var timeout = TimeSpan.FromSeconds(15);
        var options = _kafka.Options with { SessionTimeout = timeout };
        using var first = new Member(options with { GroupInstanceId = "replica-0" }, _topics);
        var second = new Member(options with { GroupInstanceId = "replica-1" }, _topics);
        await Eventually.TrueAsync(() => first.Owned.Count > 0 && second.Owned.Count > 0 && first.Owned.Count + second.Owned.Count == 21);
        var owned = first.Owned;

        var stopped = Stopwatch.StartNew();
        second.Dispose();
        await Eventually.TrueAsync(() => first.Owned != owned);

        // Its last sign of life was up to a fifth of the timeout earlier, and more on a busy machine.
        Assert.True(stopped.Elapsed > timeout / 5, $"Partitions moved after {stopped.Elapsed}.");
        await Eventually.TrueAsync(() => first.Owned.Count == 21);
    }

    /// <summary>A consumer on a thread of its own.</summary>
    private sealed class Member : IDisposable
    {
        private readonly IConsumer<Ignore, byte[]> _consumer;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _loop;
        private TopicPartition? _last;

        public Member(KafkaOptions options, string[] topics)
        {
            _consumer = new ConsumerBuilder<Ignore, byte[]>(KafkaConfigs.Consumer(options, $"group-of-{topics[0]}"))
                .SetPartitionsAssignedHandler((_, partitions) => Owned = partitions)
                .SetPartitionsRevokedHandler((_, _) => Owned = [])
                .Build();
            _consumer.Subscribe(topics);
            _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        public volatile List<TopicPartition> Owned = [];

        public ConcurrentQueue<int> Values { get; } = new();

        public void CommitUpTo(long offset) => _consumer.Commit([new TopicPartitionOffset(_last, offset)]);

        public void Dispose()
        {
            _stop.Cancel();
            _loop.Wait(TestContext.Current.CancellationToken);
            _consumer.Close();
            _consumer.Dispose();
            _stop.Dispose();
        }

        private void Run()
        {
            try
            {
                while (true)
                {
                    var result = _consumer.Consume(_stop.Token);
                    _last = result.TopicPartition;
                    Values.Enqueue(result.Message.Value[0]);
                }
            }
            catch (OperationCanceledException)
            {
                // Disposed.
            }
        }
    }
}
