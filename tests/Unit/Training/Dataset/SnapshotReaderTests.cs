using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Artifacts;
using Recommender.Tests.Shared;
using Recommender.Tests.Unit.Modeling;
using Recommender.Training.Dataset;
using Recommender.V1;
using static Recommender.Tests.Shared.TestEvents;

namespace Recommender.Tests.Unit.Training.Dataset;

public sealed class SnapshotReaderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("snapshot-").FullName;
    private readonly List<double> _progress = [];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private TestArchive Archive(string name) => new(Path.Combine(_root, name));

    private Task<Snapshot> ReadAsync(TestArchive archive) =>
        new SnapshotReader(new StorageOptions { ArchivePath = archive.Root }, TimeProvider.System, NullLogger<SnapshotReader>.Instance)
            .ReadAsync(_progress.Add, TestContext.Current.CancellationToken);

    [Fact]
    public async Task The_data_version_does_not_depend_on_how_the_archive_was_cut()
    {
        var events = Tastes(30, 40).ToArray();
        var (whole, cut) = (Archive("whole"), Archive("cut"));
        whole.AddEvents(events);
        cut.AddEvents(events.Concat(events.Take(50)), rowsPerFile: 7, partitions: 3, log: "other");
        var (a, b) = (await ReadAsync(whole), await ReadAsync(cut));
        Assert.Equal(a.Version, b.Version);
        Assert.Equal(64, a.Version.Length);
        Assert.Equal(50, b.Counts.Duplicates);
        Assert.NotEqual(a.Ranges, b.Ranges);
    }

    [Fact]
    public async Task The_data_version_depends_on_every_event_and_duration()
    {
        var events = Tastes(10, 20).ToArray();
        var variants = new Dictionary<string, string>();
        foreach (var (name, change) in new (string, Action<TestArchive>)[]
        {
            ("same", a => a.AddEvents(events)),
            ("one less", a => a.AddEvents(events[..^1])),
            ("another watch time", a => a.AddEvents([.. events[..^1], One(events[^1].UserId, events[^1].VideoId, 999_999, events[^1].Type, watched: 1)])),
            ("a duration", a =>
            {
                a.AddEvents(events);
                a.Add("catalog", $$"""{"video_id":"{{events[0].VideoId}}","duration_ms":1000}""");
            }),
            ("a video deleted", a =>
            {
                a.AddEvents(events);
                a.Add("catalog", $$"""{"video_id":"{{events[0].VideoId}}","deleted":true}""");
            }),
        })
        {
            var archive = Archive(name);
            change(archive);
            variants[name] = (await ReadAsync(archive)).Version;
        }
        Assert.Equal(variants.Count, variants.Values.Distinct().Count());
    }

    [Fact]
    public async Task A_snapshot_names_the_offsets_it_read()
    {
        var archive = Archive("ranges");
        archive.AddEvents([One("u", "a", 1), One("u", "b", 2), One("u", "b", 3, EventType.Like)], rowsPerFile: 1);
        archive.Add("catalog", """{"video_id":"a"}""");
        archive.Add("impression", """{"request_id":"r"}""");
        var snapshot = await ReadAsync(archive);
        Assert.Equal(["log/catalog/0=0-0", "log/like/0=0-0", "log/view/0=0-1"], snapshot.Ranges.Select(r => $"{r.Key}={r.Value}"));
        Assert.Equal((3, 3, 4), (snapshot.ArchivedEvents, snapshot.Counts.Rows, snapshot.Counts.Files));
    }

    [Fact]
    public async Task Unreadable_rows_are_counted_and_left_out()
    {
        var archive = Archive("bad rows");
        archive.Add("view", """{"type":"view","user_id":"u","video_id":"v","occurred_at":"2026-11-01T00:00:00Z"}""", "garbage", """{"type":"view"}""");
        archive.Add("catalog", "garbage");
        var snapshot = await ReadAsync(archive);
        Assert.Equal((3, 3, 1), (snapshot.Counts.Unreadable, snapshot.Counts.Rows, snapshot.Events.EventCount));
    }

    [Fact]
    public async Task What_is_about_authors_is_counted_and_nothing_is_learnt_from_it()
    {
        const string Mute = """{"event_id":"1","type":"mute_author","user_id":"u","video_id":"v","author_id":"a","occurred_at":"2026-11-01T00:00:00Z"}""";
        var archive = Archive("mutes");
        archive.AddEvents([One("u", "a", 1)]);
        archive.Add("feedback", Mute, Mute.Replace("\"video_id\":\"v\",", "", StringComparison.Ordinal), Mute.Replace("mute_author", "unmute_author", StringComparison.Ordinal),
            Mute.Replace("mute_author", "follow_author", StringComparison.Ordinal), Mute.Replace("mute_author", "unfollow_author", StringComparison.Ordinal), Mute.Replace("mute_author", "unfollow_author", StringComparison.Ordinal),
            """{"type":"mute_author","user_id":"u","author_id":"a"}""", """{"type":"mute_author","user_id":"u","occurred_at":"2026-11-01T00:00:00Z",""");
        for (var pass = 0; pass < 2; pass++) // then from the columns that were kept
        {
            var snapshot = await ReadAsync(archive);
            Assert.Equal((9, 2), (snapshot.Counts.Rows, snapshot.Counts.Unreadable));
            Assert.Equal([2, 1, 1, 2], AuthorEventCounts.Types.Select(type => snapshot.Counts.OfAuthors[type]));
            Assert.Equal(1, snapshot.Events.EventCount);
        }
    }

    [Fact]
    public async Task A_damaged_file_is_named()
    {
        var archive = Archive("damaged");
        archive.AddEvents(Tastes(5, 8));
        var path = Directory.GetFiles(archive.Root, "*.gz", SearchOption.AllDirectories).Order().First();
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken))[..^40], TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(archive));
        Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deletions_and_erasures_in_the_archive_are_obeyed()
    {
        var archive = Archive("gone");
        archive.AddEvents([One("u", "a", 1), One("u", "b", 2), One("gone", "b", 3)]);
        archive.Add("catalog", """{"video_id":"a"}""", """{"video_id":"a","deleted":true}""");
        archive.Add("erasure", """{"erasure_id":"x","user_id":"gone","requested_at":"2026-11-02T00:00:00Z"}""");
        var snapshot = await ReadAsync(archive);
        Assert.Equal(["u"], snapshot.Events.Viewers);
        Assert.Equal(["b"], snapshot.Events.Videos);
        Assert.Equal((1, 1, 1), (snapshot.Counts.OfDeletedVideos, snapshot.Counts.OfErasedViewers, snapshot.Counts.DeletedVideos));
    }

    [Fact]
    public async Task Of_several_logs_the_newest_catalog_row_decides()
    {
        var archive = Archive("logs");
        archive.AddEvents([One("u", "a", 1), One("u", "b", 2)]);
        var at = new DateTimeOffset(2026, 11, 5, 8, 0, 0, TimeSpan.Zero);
        archive.Add("catalog", [Row("""{"video_id":"a","deleted":true}""", 2), Row("""{"video_id":"b","deleted":true}""", 1)], log: "a1");
        archive.Add("catalog", [Row("""{"video_id":"a"}""", 1), Row("""{"video_id":"b","duration_ms":4000}""", 2)], log: "f2");
        var snapshot = await ReadAsync(archive);
        Assert.Equal(["b"], snapshot.Events.Videos);
        Assert.Equal([4f], snapshot.Events.Durations);

        byte[] Row(string json, int hour) => ArchivedCatalogRow.Make(System.Text.Encoding.UTF8.GetBytes(json), at.AddHours(hour));
    }

    [Fact]
    public async Task An_absent_archive_is_an_empty_one()
    {
        var snapshot = await ReadAsync(Archive("nothing"));
        Assert.Equal((0, 0), (snapshot.Events.EventCount, snapshot.ArchivedEvents));
    }

    [Fact]
    public async Task Progress_rises_to_the_end()
    {
        var archive = Archive("progress");
        archive.AddEvents(Tastes(20, 20), rowsPerFile: 20);
        await ReadAsync(archive);
        Assert.Equal(_progress.Order(), _progress);
        Assert.True(_progress.Count > 10);
        Assert.Equal(1, _progress[^1]);
    }

    [Fact]
    public void Any_archive_becomes_the_dataset_that_its_rows_say_the_first_time_and_again() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var rows = RandomRows.Of(random, 150);
        var archive = Archive($"random-{seed}-{Guid.NewGuid():N}");
        foreach (var part in rows.Chunk(random.Next(1, 80))) archive.Add("view", part.Select(RandomRows.BytesOf));
        archive.Add("catalog", """{"video_id":"user-1","deleted":true}""", """{"video_id":"u","duration_ms":1500}""");
        archive.Add("erasure", """{"erasure_id":"x","user_id":"user-22","requested_at":"2026-11-22T08:30:00.123Z"}""");
        var request = DateTimeOffset.Parse("2026-11-22T08:30:00.123Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
        var expected = SlowDataset.Of(rows, new HashSet<string> { "user-1" }, new Dictionary<string, long> { ["user-22"] = request });
        var versions = new List<(string, SnapshotCounts)>();
        foreach (var again in (bool[])[false, true])
        {
            var snapshot = ReadAsync(archive).GetAwaiter().GetResult();
            var actual = SlowDataset.Of(snapshot.Events);
            Assert.Equal(expected.Viewers, actual.Viewers);
            Assert.Equal(expected.Videos, actual.Videos);
            Assert.Equal(expected.Events, actual.Events);
            Assert.Equal(rows.Length, snapshot.Counts.Rows);
            versions.Add((snapshot.Version, snapshot.Counts));
            Assert.Equal(Directory.GetFiles(Path.Combine(archive.Root, "type=view"), "*.gz", SearchOption.AllDirectories).Length, Directory.GetFiles(archive.Root, "*.columns", SearchOption.AllDirectories).Length);
        }
        Assert.Equal(versions[0], versions[1]);
    });

    [Fact]
    public async Task A_wish_to_be_forgotten_holds_for_columns_that_were_kept_before()
    {
        var archive = Archive("erased");
        archive.AddEvents([One("u", "a", 1), One("w", "b", 2)]);
        Assert.Equal(["u", "w"], (await ReadAsync(archive)).Events.Viewers);
        archive.Add("erasure", """{"erasure_id":"x","user_id":"u","requested_at":"2026-11-02T00:00:00Z"}""");
        archive.Add("catalog", """{"video_id":"b","deleted":true}""");
        var snapshot = await ReadAsync(archive);
        Assert.Empty(snapshot.Events.Viewers);
        Assert.Equal((1, 1), (snapshot.Counts.OfErasedViewers, snapshot.Counts.OfDeletedVideos));
    }

    [Fact]
    public async Task Columns_go_with_their_file()
    {
        var archive = Archive("removed");
        archive.AddEvents(Tastes(10, 20), rowsPerFile: 50);
        await ReadAsync(archive);
        var files = Directory.GetFiles(archive.Root, "*.gz", SearchOption.AllDirectories);
        foreach (var file in files) File.Delete(file);
        Assert.Equal(0, (await ReadAsync(archive)).Events.EventCount);
        Assert.Empty(Directory.GetFiles(archive.Root, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task An_archive_that_may_only_be_read_is_read_all_the_same()
    {
        var archive = Archive("read-only");
        archive.AddEvents([One("u", "a", 1)]);
        var file = Assert.Single(Directory.GetFiles(archive.Root, "*.gz", SearchOption.AllDirectories));
        // A folder where the columns would go cannot be replaced by a file, whoever runs this.
        Directory.CreateDirectory(Path.Combine(file + ".columns.tmp", "in the way"));
        Assert.Equal(1, (await ReadAsync(archive)).Events.EventCount);
        Assert.Equal(1, (await ReadAsync(archive)).Events.EventCount);
    }
}
