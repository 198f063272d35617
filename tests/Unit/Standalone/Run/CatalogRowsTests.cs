using System.Text;
using Recommender.Contracts;
using Recommender.Hosting.Archive;
using Recommender.Standalone.Run;
using Recommender.Tests.Shared;

namespace Recommender.Tests.Unit.Standalone.Run;

public sealed class CatalogRowsTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("archive").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public async Task The_newest_row_of_a_video_counts_over_days_files_and_starts()
    {
        var archive = new TestArchive(_path);
        archive.Add("catalog", Rows("a", "1", "a", "2", "b", "1"), log: "g00000002", day: 5);
        archive.Add("catalog", Rows("a", "3"), log: "g00000002", day: 4); // a clock that went back: the offset says what is newer
        archive.Add("catalog", Rows("b", "0", "c", "0"), log: "g00000001", day: 3);
        archive.Add("catalog", ["""{"video_id":"c","deleted":true}"""u8.ToArray(), """{"video_id":"d","attributes":{"deleted":"true"},"title":"1"}"""u8.ToArray()], log: "g00000003", day: 6);

        var rows = (await ReadAsync()).ToDictionary(r => r.VideoId);
        Assert.Equal(["a", "b", "c", "d"], rows.Keys.Order());
        Assert.Equal("""{"video_id":"a","title":"3"}""", Text(rows["a"]));
        Assert.Equal("""{"video_id":"b","title":"1"}""", Text(rows["b"]));
        Assert.Null(rows["c"].Json);
        Assert.NotNull(rows["d"].Json);
    }

    [Fact]
    public async Task Of_several_logs_the_time_of_the_record_decides_not_the_logs_name()
    {
        var archive = new TestArchive(_path);
        archive.Add("catalog", [Timed("a", "older", 10), Timed("b", "newer", 20), Timed("c", "1", 40), Timed("c", "newest", 5), Timed("d", "newer", 20)], log: "f00", day: 5);
        archive.Add("catalog", [Timed("a", "newer", 20), Timed("b", "older", 10), Timed("c", "older", 30)], log: "0a1", day: 5);
        archive.Add("catalog", Rows("d", "without a time"), log: "zzz", day: 5);

        var rows = (await ReadAsync()).ToDictionary(r => r.VideoId, Text);
        Assert.Equal(["""{"video_id":"a","title":"newer"}""", """{"video_id":"b","title":"newer"}"""], [rows["a"], rows["b"]]);
        Assert.Equal("""{"video_id":"c","title":"newest"}""", rows["c"]); // in one log the offset says it
        Assert.Equal("""{"video_id":"d","title":"newer"}""", rows["d"]);

        static byte[] Timed(string id, string title, int minute) => ArchivedCatalogRow.Make(Rows(id, title).Single(), new DateTimeOffset(2026, 11, 5, 8, minute, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_record_keeps_its_time_and_says_that_it_is_restored()
    {
        var at = new DateTimeOffset(2026, 11, 7, 8, 30, 0, 123, TimeSpan.Zero);
        new TestArchive(_path).Add("catalog", [ArchivedCatalogRow.Make(Rows("a", "1").Single(), at)], day: 7);
        var record = (await ReadAsync()).Single().ToRecord();
        Assert.Equal(at, record.Timestamp);
        Assert.Equal("2026-11-07T08:30:00.123Z", Encoding.UTF8.GetString(record.Headers!.GetLastBytes(CloudEventHeaders.Time)));
        Assert.Equal("""{"video_id":"a","title":"1"}""", Encoding.UTF8.GetString(record.Value!));
    }

    [Fact]
    public async Task A_record_without_a_time_keeps_the_day()
    {
        new TestArchive(_path).Add("catalog", Rows("a", "1"), day: 7);
        var record = (await ReadAsync()).Single().ToRecord();

        Assert.Equal((Topics.Catalog, "a", """{"video_id":"a","title":"1"}"""), (record.Topic, Encoding.UTF8.GetString(record.Key), Encoding.UTF8.GetString(record.Value!)));
        Assert.Equal(new DateTimeOffset(2026, 11, 7, 0, 0, 0, TimeSpan.Zero), record.Timestamp);
        Assert.True(record.Headers!.TryGetLastBytes(CloudEventHeaders.Restored, out _));
        Assert.True(record.Headers.TryGetLastBytes(CloudEventHeaders.Id, out _));
    }

    [Fact]
    public async Task No_archive_is_an_empty_catalog() => Assert.Empty(await ReadAsync());

    private Task<IReadOnlyCollection<CatalogRow>> ReadAsync() => CatalogRows.ReadNewestAsync(ArchiveCatalog.Load(_path), TestContext.Current.CancellationToken);

    private static string Text(CatalogRow row) => Encoding.UTF8.GetString(row.Json!);

    private static IEnumerable<byte[]> Rows(params string[] idsAndTitles) =>
        idsAndTitles.Chunk(2).Select(p => Encoding.UTF8.GetBytes($$"""{"video_id":"{{p[0]}}","title":"{{p[1]}}"}"""));
}
