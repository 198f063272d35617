using Microsoft.Extensions.DependencyInjection;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Features;
using Recommender.Hosting.Kafka;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using static Recommender.Tests.Integration.Features.FeaturesFixture;

namespace Recommender.Tests.Integration.Features;

/// <summary>The service on a log that does not outlive its process, with a journal beside it.</summary>
public sealed class JournalTests : IAsyncLifetime
{
    private readonly FeaturesFixture _fixture = new();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_record_takes_effect_when_the_journal_has_it()
    {
        var pacer = new FakePacer();
        await using var service = await StartAsync(new FakeJournal(), pacer);
        await _fixture.SendAsync(Event("e", EventType.Like, "ann", "v"));
        await Eventually.TrueAsync(() => pacer.Asked is { Topic: Topics.Like, Next: 1 });
        Assert.Equal(0, (await _fixture.ViewerAsync("ann")).Likes);
        Assert.Equal(0, (await _fixture.VideoAsync("v")).Likes);

        pacer.Settled.SetResult();

        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("ann")).Likes == 1);
    }

    [Fact]
    public async Task What_is_in_state_and_archive_is_reported_as_finished()
    {
        var journal = new FakeJournal();
        await using var service = await StartAsync(journal, NoPacer.Instance, "Archive:FlushInterval=01:00:00");
        await _fixture.SendAsync(Event("e", EventType.Like, "ann", "v"));
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("ann")).Likes == 1);
        var partition = Murmur2.PartitionOf("ann"u8, Partitions);
        await Eventually.TrueAsync(() => journal.Finished(Topics.Like, partition) == 0); // in state, not in a file

        await service.App.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, journal.Finished(Topics.Like, partition));
    }

    [Fact]
    public async Task What_an_earlier_log_left_is_absorbed_under_its_old_positions_before_anything_else_and_only_once()
    {
        var at = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow());
        var partition = Murmur2.PartitionOf("bea"u8, Partitions);
        TopicRecord[] left =
        [
            .. Enumerable.Range(0, 30).Select(i => new TopicRecord(
                new RecordPosition(Topics.View, partition, i), "bea"u8.ToArray(), EventJson.Serialize(Event($"old{i}", EventType.View, "bea", "w"), at), [], at.ToDateTimeOffset())),
            new(new RecordPosition(Topics.Like, partition, 0), "bea"u8.ToArray(), EventJson.Serialize(Event("like", EventType.Like, "bea", "w"), at), [], at.ToDateTimeOffset()),
        ];
        // The first start has absorbed a part of it under the log's name already; that is known by the position, not by the last event ids.
        var first = new FakeJournal { Leftover = [new LeftoverLog("old", left.Take(10))] };
        await (await StartAsync(first, NoPacer.Instance, "Features:MaxBatch=7", "Viewers:EventIds=16")).DisposeAsync();
        Assert.Empty(first.Leftover);
        Assert.Equal(10, (await _fixture.ViewerAsync("bea")).Views);

        var second = new FakeJournal { Leftover = [new LeftoverLog("old", left)] };
        await using var service = await StartAsync(second, NoPacer.Instance, "Features:MaxBatch=7", "Viewers:EventIds=16");
        Assert.Equal((30, 1), ((await _fixture.ViewerAsync("bea")).Views, (await _fixture.ViewerAsync("bea")).Likes));
        Assert.Equal((30, 1), ((await _fixture.VideoAsync("w")).Views, (await _fixture.VideoAsync("w")).Likes));
        Assert.Equal(31, (await _fixture.ArchivedEventIdsAsync()).Count);
        await _fixture.SendAsync(Event("new", EventType.View, "bea", "w"));
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("bea")).Views == 31);
    }

    private Task<RunningService> StartAsync(IRecordJournal journal, IProducePacer pacer, params string[] settings) => RunningService.StartAsync(
        "features",
        b =>
        {
            b.Services.AddSingleton(journal).AddSingleton(pacer);
            b.AddFeatures();
        },
        a => a.MapFeatures(), [.. _fixture.Settings, .. settings]);

    private sealed class FakeJournal : IRecordJournal
    {
        private readonly Dictionary<(string, int), long> _finished = [];

        public IReadOnlyList<LeftoverLog> Leftover { get; set; } = [];

        public bool Keeps(in KafkaRecord record) => false;

        public void Append(in RecordPosition position, in KafkaRecord record, Action<Exception?> done) => done(null);

        public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void OnFinished(string topic, int partition, long next)
        {
            lock (_finished) _finished[(topic, partition)] = next;
        }

        public long? Finished(string topic, int partition)
        {
            lock (_finished) return _finished.TryGetValue((topic, partition), out var next) ? next : null;
        }

        public Task DiscardLeftoverAsync(CancellationToken cancellationToken)
        {
            Leftover = [];
            return Task.CompletedTask;
        }
    }

    private sealed class FakePacer : IProducePacer
    {
        public TaskCompletionSource Settled { get; } = new();

        public (string Topic, long Next) Asked { get; private set; }

        public ValueTask<bool> WaitAsync(string topic, byte[] key, int bytes, TimeSpan timeout, CancellationToken cancellationToken) => ValueTask.FromResult(true);

        public void OnDelivered(RecordPosition position, int bytes)
        {
        }

        public void OnFailed(string topic, byte[] key, int bytes)
        {
        }

        public void OnAbsorbed(string topic, int partition, long nextOffset)
        {
        }

        public ValueTask WhenSettledAsync(string topic, int partition, long nextOffset, CancellationToken cancellationToken)
        {
            Asked = (topic, nextOffset);
            return new ValueTask(Settled.Task);
        }
    }
}
