using Recommender.V1;

namespace Recommender.Tests.Unit.Standalone.Import;

public sealed class JsonLinesTests
{
    [Fact]
    public void Events_and_videos_are_told_apart_by_their_fields()
    {
        var read = ImportedFile.Of("jsonl", """
            {"event_id":"e1","type":"view","user_id":"u","video_id":"v","occurred_at":"2026-11-22T08:30:00.123Z","received_at":"2026-11-22T08:30:01Z","watch_time_ms":12345,"context":{"app":"7"}}
            {"video_id":"v","title":"Größe","duration_ms":1500,"tags":["a","b"]}
            {"video_id":"v","tags":["type","user_id"],"attributes":{"type":"x","user_id":"y"}}
            """);

        Assert.Empty(read.BadLines);
        var e = Assert.Single(read.Events);
        Assert.Equal(("e1", EventType.View, 12345), (e.EventId, e.Type, (int)e.WatchTime.ToTimeSpan().TotalMilliseconds));
        Assert.Equal("7", e.Context["app"]);
        Assert.Equal(["Größe", ""], read.Videos.Select(v => v.Title));
    }

    [Fact]
    public void An_event_without_an_id_gets_one_that_stays_the_same()
    {
        const string Line = """{"type":"like","user_id":"u","video_id":"v","occurred_at":"2026-11-22T08:30:00Z"}""";
        var id = ImportedFile.Of("jsonl", Line).Events.Single().EventId;

        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.Equal(id, ImportedFile.Of("jsonl", "\n" + Line).Events.Single().EventId);
    }

    [Fact]
    public void A_field_that_is_null_is_absent()
    {
        var read = ImportedFile.Of("jsonl", """
            {"deleted":null,"video_id":"v","user_id":null,"type":"like","user_id":"u","event_id":null,"occurred_at":null,"received_at":null,"watch_time_ms":null,"request_id":null,"position":null,"context":null}
            {"type":null,"user_id":null,"video_id":"v","duration_ms":null,"published_at":null,"tags":null,"title":"T","attributes":null,"deleted":null}
            """);

        Assert.Empty(read.BadLines);
        var e = Assert.Single(read.Events);
        Assert.Equal(("u", "v", EventType.Like, null), (e.UserId, e.VideoId, e.Type, e.WatchTime));
        Assert.Equal("T", Assert.Single(read.Videos).Title);
    }

    [Theory]
    [InlineData("not json", "the line is not valid JSON")]
    [InlineData("[1]", "the line is not a JSON object")]
    [InlineData("{\"a\":1}", "it is neither an event (type, user_id, video_id) nor a video (video_id)")]
    [InlineData("{\"video_id\":\"v\",\"deleted\":true}", "it is the deletion of a video, which is not imported")]
    [InlineData("{\"type\":\"poke\",\"user_id\":\"u\",\"video_id\":\"v\"}", "type is 'poke'; known types: view, like, share, skip, not_interested, unlike, follow, mute_author, unmute_author, follow_author, unfollow_author")]
    [InlineData("{\"user_id\":\"u\",\"video_id\":\"v\",\"score\":1}", "type is missing")]
    [InlineData("{\"type\":\"like\",\"user_id\":null,\"video_id\":\"v\"}", "user_id is missing")]
    [InlineData("{\"type\":\"view\",\"user_id\":\"u\",\"video_id\":\"v\",\"watch_time_ms\":\"5\"}", "watch_time_ms must be a whole number")]
    [InlineData("{\"type\":\"view\",\"user_id\":\"u\",\"video_id\":\"v\",\"watch_time_ms\":-9223372036854775808}", "watch_time_ms must be a duration in milliseconds below 10,000 years")]
    [InlineData("{\"video_id\":\"v\",\"duration_ms\":-9223372036854775808}", "duration_ms must be a duration in milliseconds below 10,000 years")]
    [InlineData("{\"type\":\"view\",\"user_id\":\"u\"", "the record is not valid JSON")]
    public void A_bad_line_is_skipped_with_its_reason(string line, string reason) =>
        Assert.Equal(reason, Assert.Single(ImportedFile.Of("jsonl", line + "\n").BadLines).Reason);
}
