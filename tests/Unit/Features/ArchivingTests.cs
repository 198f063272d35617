using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Features;
using Recommender.Features.Archiving;
using Recommender.Hosting.Archive;

namespace Recommender.Tests.Unit.Features;

public sealed class ArchivingTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly DateOnly s_monday = new(2026, 11, 23);

    private readonly string _root = Directory.CreateTempSubdirectory("archiving-").FullName;
    private readonly ManualClock _clock = new();
    private readonly List<EventArchive> _archives = [];

    public void Dispose()
    {
        foreach (var archive in _archives) archive.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private EventArchive NewArchive(ArchiveOptions? options = null, string? root = null)
    {
        var archive = new EventArchive(
            TestSpool.In(root ?? _root), options ?? new ArchiveOptions(), new FeaturesOptions { RetryDelay = TimeSpan.FromMilliseconds(10) },
            new FeatureMetrics(), _clock, NullLogger<EventArchive>.Instance);
        _archives.Add(archive);
        return archive;
    }

    private void Append(PartitionArchive partition, long offset, DateOnly? day = null, string? row = null) =>
        partition.Append(offset, partition.Hold(Encoding.UTF8.GetBytes(row ?? $"{{\"n\":{offset}}}")), day ?? s_monday, _clock.GetTimestamp());

    private async Task<List<string>> RowsAsync()
    {
        var rows = new List<string>();
        foreach (var file in ArchiveCatalog.Load(_root).Files())
            await ArchiveRows.ReadAsync(_root, file, row => rows.Add(Encoding.UTF8.GetString(row)), TestContext.Current.CancellationToken);
        return rows;
    }

    private ArchiveFile[] Files() => [.. ArchiveCatalog.Load(_root).Files()];

    [Fact]
    public async Task Records_become_rows_of_a_file_that_is_named_by_its_offsets()
    {
        var archive = NewArchive();
        var partition = archive.Open("L", "view", 2, 10);
        for (var offset = 10; offset < 13; offset++) Append(partition, offset);
        Assert.Equal(10, partition.Durable);
        Assert.True(await archive.FlushAsync(s_patience));
        Assert.Equal([new ArchiveFile("view", s_monday, "L", 2, 10, 12, 1, 1)], Files());
        Assert.Equal(["{\"n\":10}", "{\"n\":11}", "{\"n\":12}"], await RowsAsync());
        Assert.Equal((13, 0), (partition.Durable, partition.Bytes));
    }

    [Fact]
    public async Task Offsets_without_rows_leave_a_file_that_every_gzip_reads()
    {
        var archive = NewArchive();
        var partition = archive.Open("L", "view", 2, 0);
        partition.Append(0, null, s_monday, _clock.GetTimestamp());
        Assert.True(await archive.FlushAsync(s_patience));
        using var gzip = Process.Start("gzip", ["--test", Path.Combine(_root, Assert.Single(Files()).RelativePath)]);
        await gzip.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, gzip.ExitCode);
        Assert.Empty(await RowsAsync());
    }

    [Fact]
    public async Task Rows_of_any_length_are_kept_whole_until_they_are_written()
    {
        var archive = NewArchive();
        var partition = archive.Open("L", "view", 2, 0);
        string[] rows = [.. Enumerable.Range(0, 300).Select(i => $"{{\"n\":\"{new string((char)('a' + (i % 26)), i * 37 % 9000)}\"}}")];
        for (var i = 0; i < rows.Length; i++) Append(partition, i, row: rows[i]);
        Assert.True(await archive.FlushAsync(s_patience));
        Assert.Equal(rows, await RowsAsync());
    }

    [Fact]
    public async Task The_chain_of_offsets_has_no_holes_whatever_is_missing_from_the_log()
    {
        var archive = NewArchive();
        var partition = archive.Open("L", "view", 2, 0);
        Append(partition, 4); // 0 to 3 were gone
        await archive.FlushAsync(s_patience);
        partition.Append(9, null, s_monday, _clock.GetTimestamp()); // 5 to 8 were gone, 9 was rejected
        await archive.FlushAsync(s_patience);
        Append(partition, 10);
        await archive.FlushAsync(s_patience);
        Assert.Equal([(0, 4), (5, 9), (10, 10)], Files().Select(f => (f.From, f.To)));
        Assert.Equal(["{\"n\":4}", "{\"n\":10}"], await RowsAsync());
        Assert.Equal(11, ArchiveCatalog.Load(_root).NextOffset("L", "view", 2));
    }

    [Fact]
    public async Task Late_events_join_the_day_on_which_they_happened()
    {
        var archive = NewArchive();
        var partition = archive.Open("L", "view", 2, 0);
        Append(partition, 0, s_monday);
        Append(partition, 1, s_monday.AddDays(-1));
        Append(partition, 2, s_monday);
        await archive.FlushAsync(s_patience);
        Assert.Equal([(s_monday.AddDays(-1), 1, 2), (s_monday, 2, 2)], Files().Select(f => (f.Day, f.Index, f.Count)));
        Assert.Equal(["{\"n\":1}", "{\"n\":0}", "{\"n\":2}"], await RowsAsync());
    }

    [Fact]
    public async Task Files_are_written_when_the_oldest_record_is_old_or_there_are_many()
    {
        var archive = NewArchive(new ArchiveOptions { FlushInterval = TimeSpan.FromSeconds(10), FlushEvents = 3 });
        var partition = archive.Open("L", "view", 2, 0);
        Append(partition, 0);
        _clock.Advance(TimeSpan.FromSeconds(9));
        Append(partition, 1);
        archive.FlushDue();
        Assert.Equal(2, partition.Pending);
        _clock.Advance(TimeSpan.FromSeconds(1));
        archive.FlushDue();
        Assert.Equal(0, partition.Pending);
        for (var offset = 2; offset < 5; offset++) Append(partition, offset);
        archive.FlushDue();
        Assert.Equal(0, partition.Pending);
        await partition.Written;
        Assert.Equal([(0, 1), (2, 4)], Files().Select(f => (f.From, f.To)));
    }

    [Fact]
    public void Files_are_written_early_when_half_of_the_memory_is_taken()
    {
        var archive = NewArchive(new ArchiveOptions { BufferMegabytes = 1 });
        PartitionArchive[] partitions = [archive.Open("L", "view", 2, 0), archive.Open("L", "view", 3, 0)];
        var row = $"{{\"n\":\"{new string('a', 200_000)}\"}}";
        Append(partitions[0], 0, row: row);
        Append(partitions[1], 0, row: row);
        archive.FlushDue();
        Assert.Equal([1, 1], partitions.Select(p => p.Pending));
        Append(partitions[0], 1, row: row);
        archive.FlushDue();
        Assert.Equal([0, 0], partitions.Select(p => p.Pending));
        Assert.False(archive.IsFull);
        // What is on its way to files is not cut off again.
        Append(partitions[1], 1);
        archive.FlushDue();
        Assert.Equal(1, partitions[1].Pending);
    }

    [Fact]
    public async Task A_new_owner_goes_on_where_the_files_end()
    {
        var first = NewArchive();
        var partition = first.Open("L", "view", 2, 0);
        Append(partition, 0);
        await first.FlushAsync(s_patience);
        Append(partition, 1); // never written: the process dies
        var second = NewArchive();
        var next = second.Load().NextOffset("L", "view", 2)!.Value;
        Assert.Equal(1, next);
        partition = second.Open("L", "view", 2, next);
        Append(partition, 1);
        Append(partition, 2);
        await second.FlushAsync(s_patience);
        Assert.Equal(["{\"n\":0}", "{\"n\":1}", "{\"n\":2}"], await RowsAsync());
    }

    [Fact]
    public async Task What_cannot_be_written_waits_counts_as_full_and_is_written_later()
    {
        var blocked = Path.Combine(_root, "blocked");
        await File.WriteAllTextAsync(blocked, "a file where a folder must be", TestContext.Current.CancellationToken);
        var archive = NewArchive(new ArchiveOptions { BufferMegabytes = 1 }, blocked);
        var partition = archive.Open("L", "view", 2, 0);
        Append(partition, 0, row: $"\"{new string('x', 1 << 20)}\"");
        Assert.True(archive.IsFull);
        Assert.False(await Flush(TimeSpan.FromMilliseconds(100)));
        Assert.True(archive.IsFailing);
        Assert.Equal(0, partition.Durable);
        File.Delete(blocked);
        Assert.True(await Flush(s_patience));
        Assert.Equal((1, false, false), (partition.Durable, archive.IsFull, archive.IsFailing));

        // The clock stands still until it is told to go on.
        async Task<bool> Flush(TimeSpan timeout)
        {
            var flushing = archive.FlushAsync(timeout);
            for (var i = 0; i < 3000 && !flushing.IsCompleted; i++)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
                _clock.Advance(TimeSpan.FromMilliseconds(10));
            }
            return await flushing;
        }
    }

    [Theory]
    [InlineData("prod7", "prod7")]
    [InlineData("0123456789abcdef", "0123456789abcdef")]
    [InlineData("my-log.v1_a", "b1fd23a52a5e2d5e")]
    public void A_log_has_a_name_that_fits_into_a_file_name(string identity, string expected)
    {
        var name = ArchiveFile.LogNameOf(identity);
        if (identity == expected) Assert.Equal(expected, name);
        Assert.Equal(name, ArchiveFile.Parse(new ArchiveFile("view", s_monday, name, 1, 2, 3, 1, 1).RelativePath)!.Log);
    }
}
