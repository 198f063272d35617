using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Recommender.Contracts;
using Recommender.Hosting.Kafka;
using Recommender.Standalone.Embedded.Journal;
using Recommender.Tests.Fixtures;
using Recommender.Tests.Integration.GrpcRuntime;

namespace Recommender.Tests.Integration.Embedded;

public sealed class RecordJournalTests : IDisposable
{
    private const string Topic = "t";
    private readonly TempDirectory _directory = new();
    private readonly LogRecords _logs = new();
    private readonly List<RecordJournal> _open = [];
    private Func<CancellationToken, Task<bool>> _sync = _ => Task.FromResult(true);

    [Fact]
    public async Task What_was_kept_comes_back_at_the_next_start_as_it_was()
    {
        var journal = Open("g1");
        await KeepAsync(journal, 0, "a", "one");
        await KeepAsync(journal, 1, "b", null);
        Close(journal);

        var log = Assert.Single(Open("g2").Leftover);
        Assert.Equal("g1", log.Identity);
        Assert.Equal([(0L, "a", "one", 1000L), (1L, "b", null, 1001L)], log.Records.Select(Describe));
        Assert.Empty(_logs.All);
    }

    [Fact]
    public async Task Records_of_several_starts_come_back_in_their_order()
    {
        var first = Open("g1", segmentBytes: 1);
        for (var i = 0; i < 3; i++) await KeepAsync(first, i, "k", "v");
        Close(first);
        var second = Open("g2");
        await KeepAsync(second, 0, "k", "v");
        Close(second);

        Assert.Equal(["g1: 0 1 2", "g2: 0"], Open("g3").Leftover.Select(l => $"{l.Identity}: {string.Join(' ', l.Records.Select(r => r.Position.Offset))}"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(12)]
    public async Task A_record_that_was_not_written_whole_is_cut_off_and_none_before_it(int missing)
    {
        await FillAsync(3);
        using (var file = new FileStream(LastFile(), FileMode.Open)) file.SetLength(file.Length - missing);

        Assert.Equal([0, 1], Offsets());
        Assert.Contains(_logs.All, l => l.Text.Contains("was not written whole", StringComparison.Ordinal) && l.Text.Contains("g1-00000001.journal", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task A_garbled_last_record_is_cut_off_and_none_before_it(int back)
    {
        await FillAsync(3);
        using (var file = new FileStream(LastFile(), FileMode.Open))
        {
            file.Position = file.Length - back;
            var b = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(b ^ 0x10));
        }

        Assert.Equal([0, 1], Offsets());
        Assert.Contains(_logs.All, l => l.Text.Contains("was not written whole", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0xFF)]
    public async Task What_the_disk_put_behind_the_last_record_is_cut_off(byte garbage)
    {
        await FillAsync(3);
        File.AppendAllBytes(LastFile(), Enumerable.Repeat(garbage, 100).ToArray());

        Assert.Equal([0, 1, 2], Offsets());
        Assert.Contains(_logs.All, l => l.Text.Contains("last 100 bytes", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2, new long[] { 0, 1, 2, 3, 4 })] // the mark of the file
    [InlineData(8, new long[] { 1, 2, 3, 4 })] // the length of the first record
    [InlineData(25, new long[] { 1, 2, 3, 4 })] // its content
    [InlineData(-80, new long[] { 0, 1, 2, 4 })]
    public async Task Damage_costs_the_record_that_it_hit_and_none_behind_it(int at, long[] left)
    {
        await FillAsync(5);
        using (var file = new FileStream(LastFile(), FileMode.Open))
        {
            file.Position = at >= 0 ? at : file.Length - (file.Length / 5);
            var b = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(b ^ 0x55));
        }

        Assert.Equal(left, Offsets());
        Assert.Contains(_logs.All, l => l.Level == LogLevel.Error && l.Text.Contains("damaged in its middle", StringComparison.Ordinal));
        Assert.DoesNotContain(_logs.All, l => l.Text.Contains("not written whole", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Damage_in_the_middle_is_an_error_and_the_files_behind_it_are_read()
    {
        await FillAsync(3, segmentBytes: 1);
        File.WriteAllBytes(Directory.GetFiles(_directory.Path).Order().ElementAt(1), [1, 2, 3]);

        Assert.Equal([0, 2], Offsets());
        Assert.Contains(_logs.All, l => l.Text.Contains("is damaged although it was complete", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Full_files_go_when_all_that_is_in_them_is_finished_and_redis_is_on_disk()
    {
        var isSynced = new TaskCompletionSource<bool>();
        _sync = _ => isSynced.Task;
        var journal = Open("g1", segmentBytes: 1);
        for (var i = 0; i < 3; i++) await KeepAsync(journal, i, "k", "v");
        journal.OnFinished(Topic, 4, 2);
        Assert.Equal(3, Directory.GetFiles(_directory.Path).Length);

        isSynced.SetResult(true);

        await Eventually.TrueAsync(() => Directory.GetFiles(_directory.Path).Length == 1);
        Assert.Equal([2], Offsets());
    }

    [Fact]
    public async Task Nothing_goes_while_redis_cannot_say_that_it_is_on_disk()
    {
        var asked = 0;
        _sync = _ => Task.FromResult(Interlocked.Increment(ref asked) < 0);
        var journal = Open("g1", segmentBytes: 1);
        await KeepAsync(journal, 0, "k", "v");
        journal.OnFinished(Topic, 4, 1);
        await Eventually.TrueAsync(() => asked > 0);
        Close(journal);

        Assert.Equal([0], Offsets());
    }

    [Fact]
    public async Task What_is_left_goes_when_it_has_been_absorbed_and_redis_is_on_disk()
    {
        await FillAsync(3);
        var asked = 0;
        _sync = _ => Task.FromResult(++asked > 1);
        var journal = Open("g2");

        await journal.DiscardLeftoverAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, asked);
        Assert.Empty(journal.Leftover);
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task A_disk_that_takes_nothing_fails_the_record_and_a_later_one_is_kept_when_it_does_again()
    {
        var journal = Open("g1");
        Directory.Delete(_directory.Path);
        await Assert.ThrowsAnyAsync<IOException>(() => KeepAsync(journal, 0, "k", "v"));
        Directory.CreateDirectory(_directory.Path);
        await KeepAsync(journal, 1, "k", "v");
        Close(journal);

        Assert.Equal([1], Offsets());
    }

    [Fact]
    public async Task Whoever_brings_more_than_memory_should_hold_waits_for_the_disk()
    {
        using var disk = new ManualResetEventSlim();
        var journal = Open("g1", queueBytes: 1000);
        journal.Append(new RecordPosition(Topic, 4, 0), Record("k", "v"), _ => disk.Wait()); // the thread that writes is busy with this one
        await Eventually.TrueAsync(() => journal.Queued == 0);
        journal.Append(new RecordPosition(Topic, 4, 1), Record("k", new string('x', 2000)), _ => { });
        var third = Task.Run(() => journal.Append(new RecordPosition(Topic, 4, 2), Record("k", "v"), _ => { }), TestContext.Current.CancellationToken);
        var first = await Task.WhenAny(third, Task.Delay(100, TestContext.Current.CancellationToken));
        disk.Set();
        Assert.NotSame(third, first);

        await third;
        Close(journal);
        Assert.Equal([0, 1, 2], Offsets());
    }

    [Fact]
    public void Only_what_is_absorbed_is_kept_and_nothing_that_came_out_of_the_archive()
    {
        var journal = Open("g1");
        Assert.True(journal.Keeps(Record("k", "v")));
        Assert.False(journal.Keeps(Record("k", "v") with { Topic = "another" }));
        Assert.False(journal.Keeps(Record("k", "v") with { Headers = new Headers { { CloudEventHeaders.Restored, [1] } } }));
    }

    [Fact]
    public async Task A_flush_ends_when_all_is_on_disk()
    {
        var journal = Open("g1");
        var done = 0;
        for (var i = 0; i < 1000; i++) journal.Append(new RecordPosition(Topic, 4, i), Record("k", "v"), _ => Interlocked.Increment(ref done));
        await journal.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1000, done);
    }

    public void Dispose()
    {
        foreach (var journal in _open) journal.Dispose();
        _logs.Dispose();
        _directory.Dispose();
    }

    private RecordJournal Open(string log, long segmentBytes = 1 << 20, long queueBytes = 1 << 20)
    {
        var settings = new JournalSettings
        {
            Directory = _directory.Path, Log = log, Topics = [Topic], SegmentBytes = segmentBytes, QueueBytes = queueBytes, SyncState = c => _sync(c),
        };
        var journal = new RecordJournal(settings, TimeProvider.System, _logs);
        _open.Add(journal);
        return journal;
    }

    private void Close(RecordJournal journal)
    {
        journal.Dispose();
        _open.Remove(journal);
    }

    private async Task FillAsync(int records, long segmentBytes = 1 << 20)
    {
        var journal = Open("g1", segmentBytes);
        for (var i = 0; i < records; i++) await KeepAsync(journal, i, "key", "value");
        Close(journal);
    }

    private static Task KeepAsync(RecordJournal journal, long offset, string key, string? value)
    {
        var kept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var record = Record(key, value) with { Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(1000 + offset) };
        journal.Append(new RecordPosition(Topic, 4, offset), record, error =>
        {
            if (error is null) kept.SetResult();
            else kept.SetException(error);
        });
        return kept.Task;
    }

    private static KafkaRecord Record(string key, string? value) => new(Topic, Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value));

    private long[] Offsets() => [.. Open("g9").Leftover.SelectMany(l => l.Records).Select(r => r.Position.Offset)];

    private string LastFile() => Directory.GetFiles(_directory.Path).Order().Last();

    private static (long, string, string?, long) Describe(TopicRecord r) => (
        r.Position.Offset, Encoding.UTF8.GetString(r.Key), r.Value is null ? null : Encoding.UTF8.GetString(r.Value), r.Timestamp.ToUnixTimeMilliseconds());
}
