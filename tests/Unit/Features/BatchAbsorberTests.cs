using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Contracts;
using Recommender.Features;
using Recommender.Features.Archiving;
using Recommender.Features.Consuming;
using Recommender.Features.Online;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;

namespace Recommender.Tests.Unit.Features;

public sealed class BatchAbsorberTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("absorber-").FullName;
    private readonly FakeRedis _redis = new();
    private readonly FakeStore _store;
    private readonly EventArchive _archive;
    private readonly BatchAbsorber _absorber;

    public BatchAbsorberTests()
    {
        var (options, metrics) = (new FeaturesOptions(), new FeatureMetrics());
        _store = _redis.Connect();
        _archive = new EventArchive(TestSpool.In(_root), new ArchiveOptions(), options, metrics, TimeProvider.System, NullLogger<EventArchive>.Instance);
        var durations = new DurationCache(_store, options, TimeProvider.System);
        _absorber = new BatchAbsorber(
            _store, new PartitionAbsorber(_store, durations, new ViewerLimits(), metrics, NullLogger<PartitionAbsorber>.Instance), durations,
            new RejectedRecords(new UnreachableProducer(), metrics, TimeProvider.System, NullLogger<RejectedRecords>.Instance), NoPacer.Instance, metrics, TimeProvider.System,
            NullLogger<BatchAbsorber>.Instance);
    }

    public void Dispose()
    {
        _archive.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task What_was_absorbed_does_not_wait_for_a_kafka_that_takes_no_rejected_records()
    {
        var assignment = await AssignAsync(0);
        await AbsorbAsync(assignment, View(0, "u", 0));
        Assert.Equal(0, _redis.Writes);

        await Assert.ThrowsAsync<KafkaUnavailableException>(() => AbsorbAsync(assignment, Record(0, 1, "poison")));
        Assert.Equal((1, 1), (FakeLog.Viewer(_redis, "u").Views, MarkOf(0)));
    }

    [Fact]
    public async Task A_partition_that_cannot_be_absorbed_keeps_no_other_from_being_written()
    {
        _redis.Set(OnlineKeys.Viewer("later"), [1, 0, 0, 0, 0, 0, 0, 0, 15]);
        var assignment = await AssignAsync(0, 1);
        await Assert.ThrowsAsync<UnreadableValueException>(() => AbsorbAsync(assignment, View(0, "later", 0), View(1, "u", 0)));

        await _absorber.SettleAsync(assignment, TestContext.Current.CancellationToken);
        Assert.Equal((1, 1), (FakeLog.Viewer(_redis, "u").Views, MarkOf(1)));
        Assert.Equal(0, MarkOf(0));
    }

    private async Task<Assignment> AssignAsync(params int[] partitions)
    {
        var assignment = new Assignment([.. partitions.Select(p => new TopicPartition(Topics.View, p))], LogIdentity.Fixed("L"), _archive, 1_000_000);
        await _store.BeginAsync(TestContext.Current.CancellationToken);
        await assignment.RewindAsync(_store, TestContext.Current.CancellationToken);
        return assignment;
    }

    private async Task AbsorbAsync(Assignment assignment, params TopicRecord[] records)
    {
        var batch = _absorber.Begin(assignment);
        foreach (var record in records) batch.Add(record);
        await _absorber.AbsorbAsync(batch, settles: false, TestContext.Current.CancellationToken);
        _absorber.Finish(batch);
    }

    private static TopicRecord View(int partition, string user, long offset) =>
        Record(partition, offset, $$"""{"event_id":"e-{{user}}","type":"view","user_id":"{{user}}","video_id":"v","occurred_at":"2026-11-21T23:00:00Z"}""");

    private static TopicRecord Record(int partition, long offset, string value) =>
        new(new RecordPosition(Topics.View, partition, offset), [], Encoding.UTF8.GetBytes(value), [], TimeProvider.System.GetUtcNow());

    private long MarkOf(int partition) =>
        LogWatermarks.Decode(_redis.Values.GetValueOrDefault(OnlineKeys.Partition(partition)) ?? []).Next(StableHash.Of("L"), TopicNumbers.Of(Topics.View), partition);

    /// <summary>Takes nothing.</summary>
    private sealed class UnreachableProducer : IRecordProducer
    {
        public ValueTask<Task<RecordPosition>> SendAsync(KafkaRecord record, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<Task<ProduceOutcome[]>> SendAsync(IReadOnlyList<KafkaRecord> records, CancellationToken cancellationToken = default) =>
            new(Task.FromResult(records.Select(_ => new ProduceOutcome(default, new KafkaUnavailableException("Kafka is away", TimeSpan.FromSeconds(1)))).ToArray()));

        public Task FlushAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
