using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Contracts;
using Recommender.Features;
using Recommender.Features.Archiving;
using Recommender.Features.Consuming;
using Recommender.Features.State;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;

namespace Recommender.Tests.Unit.Features;

public sealed class RecordBatchTests : IDisposable
{
    private static readonly DateTimeOffset s_written = new(2026, 11, 22, 8, 30, 2, TimeSpan.Zero);

    private readonly string _root = Directory.CreateTempSubdirectory("batch-").FullName;
    private readonly EventArchive _archive;
    private readonly FakeRedis _redis = new();

    public RecordBatchTests() => _archive = new EventArchive(
        TestSpool.In(_root), new ArchiveOptions(), new FeaturesOptions(), new FeatureMetrics(), TimeProvider.System,
        NullLogger<EventArchive>.Instance);

    public void Dispose()
    {
        _archive.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private async Task<Assignment> AssignAsync(params string[] topics)
    {
        var assignment = new Assignment([.. topics.Select(t => new TopicPartition(t, 3))], LogIdentity.Fixed("L"), _archive, 0);
        await assignment.RewindAsync(_redis.Connect(), TestContext.Current.CancellationToken);
        return assignment;
    }

    private void Mark(string topic, long next)
    {
        var marks = LogWatermarks.Decode(_redis.Values.GetValueOrDefault(OnlineKeys.Partition(3)) ?? []);
        marks.Advance(StableHash.Of("L"), TopicNumbers.Of(topic), 3, next);
        _redis.Set(OnlineKeys.Partition(3), marks.Encode());
    }

    private static RecordBatch Sort(Assignment assignment, params TopicRecord[] records)
    {
        var batch = new RecordBatch(assignment, new SharedTexts(), new FeatureMetrics(), NullLogger.Instance);
        foreach (var record in records) batch.Add(record);
        return batch;
    }

    private static TopicRecord View(long offset, string? value = null) => new(
        new RecordPosition(Topics.View, 3, offset), "u"u8.ToArray(),
        Encoding.UTF8.GetBytes(value ?? $$"""{"event_id":"e{{offset}}","type":"view","user_id":"u","video_id":"v","occurred_at":"2026-11-21T23:00:00Z"}"""), [], s_written);

    [Fact]
    public async Task An_event_goes_to_online_state_and_to_the_archive_of_its_day()
    {
        var batch = Sort(await AssignAsync(Topics.View), View(0), View(1));
        var work = Assert.Single(batch.Work);
        Assert.Equal(2, work.Events.Count);
        Assert.Equal([new LogPosition(StableHash.Of("L"), 0, 3, 2)], work.Ends);
        Assert.Equal([(0, new DateOnly(2026, 11, 21)), (1, new DateOnly(2026, 11, 21))], batch.Rows.Select(r => ((int)r.Offset, r.Day)));
        Assert.Equal(2, Assert.Single(batch.Reached).Next);
    }

    [Fact]
    public async Task What_state_has_is_archived_only_and_what_the_archive_has_is_counted_only()
    {
        Mark(Topics.View, 5);
        var archived = _archive.Open("L", "view", 3, 0);
        for (var offset = 0; offset < 3; offset++) archived.Append(offset, "{}"u8.ToArray(), new DateOnly(2026, 11, 21), 0);
        await _archive.FlushAsync(TimeSpan.FromSeconds(30));
        _archive.Close([archived]);

        var assignment = await AssignAsync(Topics.View, Topics.Like);
        Assert.Equal([(Topics.View, 3), (Topics.Like, 0)], assignment.Positions.Select(p => (p.Topic, (int)p.Offset.Value)));
        var batch = Sort(assignment, View(3), View(4));
        Assert.Empty(batch.Work);
        Assert.Equal(2, batch.Rows.Count);
        Assert.Single(Sort(assignment, View(5)).Work);
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_set_aside_and_the_rest_goes_on()
    {
        var batch = Sort(await AssignAsync(Topics.View), View(0), View(1, "{"), View(2));
        Assert.Equal(1, Assert.Single(batch.Rejected).Record.Position.Offset);
        Assert.Equal(2, Assert.Single(batch.Work).Events.Count);
        Assert.Equal([false, true, false], batch.Rows.Select(r => r.Row is null));
        Assert.Equal(3, batch.Work.Single().Ends.Single().Next);
    }

    [Fact]
    public async Task A_batch_is_full_when_it_has_as_many_records_as_it_may()
    {
        var options = new FeaturesOptions { MaxBatch = 2 };
        var batch = Sort(await AssignAsync(Topics.View), View(0));
        Assert.False(batch.IsFull(options));
        batch.Add(View(1));
        Assert.True(batch.IsFull(options));
        batch.Clear();
        Assert.False(batch.IsFull(options));
    }

    [Fact]
    public async Task A_batch_of_many_viewers_or_videos_is_full_sooner_than_one_of_few()
    {
        var options = new FeaturesOptions { BatchMegabytes = 1 };
        var (viewers, videos, neither) = (await RecordsAsync("u{0}", "v"), await RecordsAsync("u", "v{0}"), await RecordsAsync("u", "v"));
        Assert.InRange(viewers, 500, 900);
        Assert.InRange(videos, viewers + 200, 3 * viewers);
        Assert.InRange(neither, videos + 500, 4000);

        async Task<int> RecordsAsync(string viewer, string video)
        {
            var batch = Sort(await AssignAsync(Topics.View));
            while (!batch.IsFull(options))
            {
                var (u, v) = (viewer.Replace("{0}", $"{batch.Count}", StringComparison.Ordinal), video.Replace("{0}", $"{batch.Count}", StringComparison.Ordinal));
                batch.Add(View(batch.Count, $$"""{"event_id":"e","type":"view","user_id":"{{u}}","video_id":"{{v}}","occurred_at":"2026-11-21T23:00:00Z"}"""));
            }
            return batch.Count;
        }
    }

    [Fact]
    public async Task A_record_that_was_set_aside_before_is_not_set_aside_again()
    {
        Mark(Topics.View, 1);
        var batch = Sort(await AssignAsync(Topics.View), View(0, "{"));
        Assert.Empty(batch.Rejected);
        Assert.Single(batch.Rows);
    }

    [Fact]
    public async Task A_log_that_goes_back_is_another_log()
    {
        var assignment = await AssignAsync(Topics.View);
        Assert.Throws<LogChangedException>(() => Sort(assignment, View(7), View(3)));
    }

    [Fact]
    public async Task Records_of_partitions_that_are_not_ours_are_left_alone()
    {
        var batch = Sort(await AssignAsync(Topics.Like), View(0));
        Assert.Empty(batch.Work);
        Assert.Empty(batch.Rows);
    }

    [Fact]
    public async Task A_log_that_ends_before_what_was_absorbed_of_it_is_halted_until_its_end_is_found()
    {
        Mark(Topics.View, 100);
        var assignment = await AssignAsync(Topics.View, Topics.Like);
        Dictionary<(string, int), long> ends = new() { [(Topics.View, 3)] = 99, [(Topics.Like, 3)] = 0 };
        Assert.Equal(Topics.View, Assert.Single(assignment.CheckEnds(ends)).Topic);
        Assert.Equal(Topics.Like, Assert.Single(assignment.Positions).Topic);
        ends[(Topics.View, 3)] = 100;
        Assert.Empty(assignment.CheckEnds(ends));
        Assert.Equal(2, assignment.Positions.Count());
    }

    [Fact]
    public async Task A_catalog_row_of_the_archive_says_when_it_was_recorded()
    {
        byte[] json = [.. """{"video_id":"v"}"""u8];
        var set = new TopicRecord(new RecordPosition(Topics.Catalog, 3, 0), "v"u8.ToArray(), [.. json, (byte)' '], [], s_written);
        var deleted = set with { Position = set.Position with { Offset = 1 }, Value = null };
        var rows = Sort(await AssignAsync(Topics.Catalog), set, deleted).Rows.ConvertAll(r => r.Row!.Value.ToArray());
        Assert.Equal("""{"video_id":"v","recorded_at":"2026-11-22T08:30:02.000Z"}""", Encoding.UTF8.GetString(rows[0]));
        Assert.Equal("""{"video_id":"v","deleted":true,"recorded_at":"2026-11-22T08:30:02.000Z"}""", Encoding.UTF8.GetString(rows[1]));
        Assert.Equal(s_written, ArchivedCatalogRow.TimeOf(rows[0]));
        Assert.Equal(json, ArchivedCatalogRow.JsonOf(rows[0]));
        Assert.Equal(json, ArchivedCatalogRow.JsonOf(json));
    }

    [Fact]
    public async Task A_wish_to_be_forgotten_comes_before_the_events_whichever_topic_was_read_first()
    {
        var wish = new TopicRecord(
            new RecordPosition(Topics.Erasure, 3, 0), "u"u8.ToArray(), """{"erasure_id":"x","user_id":"u","requested_at":"2026-11-21T23:00:00Z"}"""u8.ToArray(), [], s_written);
        var second = wish with { Position = wish.Position with { Offset = 1 } };
        var work = Assert.Single(Sort(await AssignAsync(Topics.View, Topics.Erasure), View(0), wish, View(1), second).Work);
        Assert.Equal([(true, 1), (true, 2), (false, 1), (false, 2)], work.Events.Select(e => (e.IsErasure, (int)e.After.Next)));

        var state = new ViewerState();
        foreach (var e in work.Events) ViewerTransition.Absorb(state, e, null, new ViewerLimits());
        Assert.Equal(2, state.Views); // both were received after it
    }

    [Fact]
    public async Task Watermarks_of_another_log_do_not_count()
    {
        Mark(Topics.View, 100);
        var assignment = new Assignment([new TopicPartition(Topics.View, 3)], LogIdentity.Fixed("recreated"), _archive, 0);
        await assignment.RewindAsync(_redis.Connect(), TestContext.Current.CancellationToken);
        Assert.Equal(0, Assert.Single(assignment.Positions).Offset.Value);
        Assert.Empty(assignment.CheckEnds(new Dictionary<(string, int), long> { [(Topics.View, 3)] = 0 }));
    }
}
