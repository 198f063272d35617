using System.Text;
using Recommender.Hosting.Archive;
using Recommender.Training.Dataset;
using Recommender.V1;
using static Recommender.Tests.Shared.TestEvents;

namespace Recommender.Tests.Unit.Training.Dataset;

public sealed class EventDatasetBuilderTests
{
    [Fact]
    public void Events_of_a_viewer_are_in_the_order_of_time()
    {
        var data = Datasets.Of(One("u", "c", 3), One("w", "a", 9), One("u", "a", 1), One("u", "b", 2, EventType.Like));
        Assert.Equal(["a View", "b Like", "c View"], Datasets.EventsOf(data, "u"));
        Assert.Equal(["a View"], Datasets.EventsOf(data, "w"));
    }

    [Fact]
    public void Viewers_and_videos_are_numbered_by_their_ids()
    {
        var data = Datasets.Of(One("b", "y", 1), One("a", "z", 2), One("B", "x", 3));
        Assert.Equal(["B", "a", "b"], data.Viewers);
        Assert.Equal(["x", "y", "z"], data.Videos);
    }

    [Fact]
    public void The_same_event_id_of_a_viewer_counts_once()
    {
        var builder = Datasets.Builder([One("u", "a", 1, id: "e1"), One("u", "b", 2, id: "e2"), One("u", "a", 5, id: "e1"), One("u", "a", 1, id: "e1")]);
        var data = builder.Build(CancellationToken.None);
        Assert.Equal(["a View", "b View"], Datasets.EventsOf(data, "u"));
        Assert.Equal(2, builder.Duplicates);
    }

    [Fact]
    public void The_same_event_id_of_two_viewers_is_two_events()
    {
        var data = Datasets.Of(One("u", "a", 1, id: "e"), One("w", "a", 1, id: "e"));
        Assert.Equal(2, data.EventCount);
    }

    [Fact]
    public void Events_without_an_id_all_count() =>
        Assert.Equal(2, Datasets.Of(One("u", "a", 1, id: ""), One("u", "a", 1, id: "")).EventCount);

    [Fact]
    public void Deleted_videos_do_not_exist()
    {
        var catalog = Datasets.Catalog("""{"video_id":"a"}""", """{"video_id":"a","deleted":true}""", """{"video_id":"b","deleted":true}""", """{"video_id":"b"}""");
        var builder = Datasets.Builder([One("u", "a", 1), One("u", "b", 2), One("w", "a", 3)], catalog);
        var data = builder.Build(CancellationToken.None);
        Assert.Equal(["b"], data.Videos);
        Assert.Equal(["u"], data.Viewers);
        Assert.Equal((2, 1), (builder.OfDeletedVideos, catalog.DeletedCount));
    }

    [Fact]
    public void What_an_erased_viewer_did_until_the_request_is_forgotten()
    {
        var erasures = new ErasureTable();
        Assert.True(erasures.TryAdd(Encoding.UTF8.GetBytes("""{"erasure_id":"x","user_id":"u","requested_at":"2026-11-01T00:00:10Z"}""")));
        Assert.True(erasures.TryAdd(Encoding.UTF8.GetBytes("""{"erasure_id":"y","user_id":"u","requested_at":"2026-11-01T00:00:05Z"}""")));
        Assert.False(erasures.TryAdd("{"u8));
        Assert.False(erasures.TryAdd("{}"u8));
        var builder = Datasets.Builder([One("u", "a", 1), One("u", "b", 10), One("u", "c", 10.25), One("w", "a", 1)], erasures: erasures);
        Assert.Equal(["c View"], Datasets.EventsOf(builder.Build(CancellationToken.None), "u"));
        Assert.Equal(2, builder.OfErasedViewers);
    }

    [Theory]
    [InlineData("00:00:09", "00:00:11", false)] // came late
    [InlineData("00:00:11", "00:00:09", false)] // a device's clock was ahead
    [InlineData("00:00:11", "00:00:11", true)]
    public void Neither_late_events_nor_clocks_ahead_escape_the_request(string occurred, string received, bool counts)
    {
        var erasures = new ErasureTable();
        Assert.True(erasures.TryAdd("""{"erasure_id":"x","user_id":"u","requested_at":"2026-11-01T00:00:10Z"}"""u8));
        var row = $$"""{"type":"view","user_id":"u","video_id":"v","occurred_at":"2026-11-01T{{occurred}}Z","received_at":"2026-11-01T{{received}}Z"}""";
        var reader = new EventRowReader();
        Assert.True(reader.TryRead(Encoding.UTF8.GetBytes(row)));
        var builder = new EventDatasetBuilder(new VideoTable(), erasures);
        var columns = new EventColumns();
        columns.Add(reader);
        builder.Add(columns);
        Assert.Equal(counts ? 1 : 0, builder.Build(CancellationToken.None).EventCount);
    }

    [Fact]
    public void Events_of_the_same_moment_do_not_favour_the_same_video_for_everybody()
    {
        var data = Datasets.Of(from v in Enumerable.Range(0, 200) from i in Enumerable.Range(0, 5) select One($"u{v}", $"v{i}", 7));
        var last = Enumerable.Range(0, 200).Select(v => data.Events(v).Videos[^1]).ToArray();
        for (var video = 0; video < 5; video++) Assert.InRange(last.Count(l => l == video), 15, 75);
    }

    [Fact]
    public void A_video_lasts_as_long_as_its_newest_catalog_row_says()
    {
        var catalog = Datasets.Catalog("""{"video_id":"a","duration_ms":1000}""", """{"video_id":"a","duration_ms":2500}""", """{"video_id":"b"}""");
        var data = Datasets.Builder([One("u", "a", 1), One("u", "b", 2), One("u", "c", 3)], catalog).Build(CancellationToken.None);
        Assert.Equal([2.5f, 0f, 0f], data.Durations);
    }

    [Fact]
    public void A_row_that_is_no_video_is_refused()
    {
        var table = new VideoTable();
        Assert.False(table.TryAdd("""{"deleted":true}"""u8, default));
        Assert.False(table.TryAdd("nonsense"u8, default));
        Assert.True(table.TryAdd("""{"video_id":"a","attributes":{"deleted":"true"}}"""u8, default));
        Assert.False(table.IsDeleted("a"));
    }

    [Fact]
    public void No_events_make_an_empty_dataset()
    {
        var data = Datasets.Of();
        Assert.Equal((0, 0, 0), (data.EventCount, data.Viewers.Count, data.Videos.Count));
    }
}
