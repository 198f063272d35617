using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Standalone.Embedded;
using Recommender.V1;

namespace Recommender.Tests.Integration.Features.Model;

/// <summary>A broker of its own, what was written to it, and what each counter must be in the end.</summary>
internal sealed class RealLog : IAsyncDisposable
{
    public const int Partitions = 2;
    public const string Identity = "model";

    private readonly EmbeddedKafka _broker = new();
    private readonly KafkaHealth _health;
    private readonly RecordProducer _producer;
    private readonly List<Event> _events = [];

    public RealLog()
    {
        Options = new KafkaOptions { BootstrapServers = _broker.Bootstrap, Partitions = Partitions, LogIdentity = Identity, FetchWait = TimeSpan.FromMilliseconds(2) };
        foreach (var topic in ProductTopics.Specs(Options)) _broker.CreateTopic(topic.Name, topic.Partitions);
        _health = new KafkaHealth(Options, TimeProvider.System, NullLogger<KafkaHealth>.Instance);
        _producer = new RecordProducer(Options with { Compression = "none" }, _health, NoPacer.Instance, TimeProvider.System, NullLogger<RecordProducer>.Instance);
    }

    public KafkaOptions Options { get; }

    public IRecordProducer Producer => _producer;

    /// <summary>Where the logs of events end.</summary>
    public Dictionary<(string Topic, int Partition), long> Ends { get; } = [];

    /// <summary>The events that were written, without retries.</summary>
    public IReadOnlyList<Event> Distinct => _events;

    /// <summary>Records that were written.</summary>
    public long Records => Ends.Values.Sum();

    /// <summary>Writes events; a negative type repeats an earlier one, as a client does that heard no answer.</summary>
    public async Task WriteAsync(IEnumerable<(int Type, int User, int Video)> steps)
    {
        var batch = new List<Event>();
        foreach (var (type, user, video) in steps)
        {
            if (type < 0 && _events.Count > 0)
            {
                batch.Add(_events[^(1 + (user % Math.Min(_events.Count, 50)))]);
                continue;
            }
            var e = FeaturesFixture.Event($"e{_events.Count}", (EventType)(1 + (Math.Abs(type) % 11)), $"u{user % 4}", $"v{video % 5}");
            if (EventTypes.IsOfAuthor(e.Type)) e.AuthorId = $"a{video % 5}";
            _events.Add(e);
            batch.Add(e);
        }
        var now = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow());
        foreach (var outcome in await _producer.SendBatchAsync([.. batch.Select(e => new KafkaRecord(Topics.Of(e.Type), Encoding.UTF8.GetBytes(e.UserId), EventJson.Serialize(e, now)))]))
        {
            Assert.Null(outcome.Error);
            var (topic, partition, offset) = outcome.Position;
            Ends[(topic, partition)] = Math.Max(Ends.GetValueOrDefault((topic, partition)), offset + 1);
        }
    }

    public IConsumer<byte[]?, byte[]?> Consume()
    {
        var config = KafkaConfigs.Consumer(Options, "model");
        return new ConsumerBuilder<byte[]?, byte[]?>(config).SetLogHandler((_, _) => { }).Build();
    }

    public async ValueTask DisposeAsync()
    {
        await _producer.DisposeAsync();
        await _health.DisposeAsync();
        _broker.Dispose();
    }
}
