using System.Text;
using Recommender.Contracts;
using Recommender.Features.Archiving;
using Recommender.Features.Consuming;
using Recommender.Features.State;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Tests.Unit.Features;

public sealed class ReadersTests
{
    private const string Good =
        """{"event_id":"e","type":"view","user_id":"u","video_id":"v","occurred_at":"2026-11-22T08:30:00.123Z","received_at":"2026-11-22T08:30:01Z","watch_time_ms":1500}""";

    private static readonly DateTimeOffset s_written = new(2026, 11, 22, 8, 30, 2, TimeSpan.Zero);

    private static TopicRecord Record(string topic, string? value, string key = "u") =>
        new(new RecordPosition(topic, 3, 41), Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value), [], s_written);

    private static string? ReadEvent(string? value, out FeatureEvent e, string topic = Topics.View) => EventReader.Read(Record(topic, value), 9, 0, new SharedTexts(), out e);

    [Fact]
    public void An_event_is_read_with_its_place_in_the_log()
    {
        Assert.Null(ReadEvent(Good, out var e));
        var at = new DateTimeOffset(2026, 11, 22, 8, 30, 0, 123, TimeSpan.Zero).ToUnixTimeMilliseconds();
        Assert.Equal(new FeatureEvent(StableHash.Of("e"), EventType.View, "u", "v", at, 1500, at + 877, new LogPosition(9, 0, 3, 42)), e);
    }

    [Theory]
    [InlineData("\"event_id\":\"e\"", "\"event_id\":\"\"", "event_id")]
    [InlineData("\"user_id\":\"u\"", "\"user_id\":\"\"", "user_id")]
    [InlineData("\"video_id\":\"v\"", "\"video_id\":\"a\\u0000b\"", "video_id")]
    [InlineData("\"type\":\"view\"", "\"type\":\"like\"", "type 'like' does not belong to this topic")]
    [InlineData("\"type\":\"view\"", "\"type\":\"stare\"", "type")]
    [InlineData("1500", "-1", "watch_time_ms")]
    [InlineData("1500", "\"long\"", "watch_time_ms")]
    [InlineData("2026-11-22T08:30:00.123Z", "1969-12-31T23:59:59Z", "occurred_at is before 1970")]
    [InlineData("2026-11-22T08:30:00.123Z", "2026-11-23T10:00:00Z", "occurred_at is more than 25 hours after")]
    [InlineData("\"occurred_at\":\"2026-11-22T08:30:00.123Z\",", "", "occurred_at is missing")]
    [InlineData("{", "", "JSON")]
    [InlineData("{", "{\"context\":{\"\\ud800\":\"x\"},", "context is not valid UTF-8")]
    [InlineData("{", "{\"context\":{\"x\":\"\\ud800\"},", "context is not valid UTF-8")]
    [InlineData("{", "{\"\\ud800\":1,", "JSON")]
    public void What_would_harm_the_state_is_refused_with_the_fields_name(string good, string bad, string named) =>
        Assert.Contains(named, ReadEvent(Good.Replace(good, bad, StringComparison.Ordinal), out _), StringComparison.Ordinal);

    [Fact]
    public void A_mute_is_read_as_one_about_an_author_whatever_video_it_names()
    {
        const string Mute = """{"event_id":"e","type":"mute_author","user_id":"u","author_id":"ann","occurred_at":"2026-11-22T08:30:00.123Z","received_at":"2026-11-22T08:30:01Z"}""";
        foreach (var value in (string[])[Mute, Mute.Replace("{", "{\"video_id\":\"v\",", StringComparison.Ordinal)])
        {
            Assert.Null(ReadEvent(value, out var e, Topics.Feedback));
            Assert.Equal((EventType.MuteAuthor, "ann", "", false), (e.Type, e.AuthorId, e.VideoId, e.IsOfVideo));
        }
        foreach (var bad in (string[])["", "a\\u0000b", new string('a', 129)])
            Assert.Contains("author_id", ReadEvent(Mute.Replace("\"ann\"", $"\"{bad}\"", StringComparison.Ordinal), out _, Topics.Feedback), StringComparison.Ordinal);
        Assert.Contains("does not belong to this topic", ReadEvent(Mute, out _), StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_that_is_too_long_is_refused() =>
        Assert.Contains("user_id", ReadEvent(Good.Replace("\"u\"", $"\"{new string('u', 129)}\"", StringComparison.Ordinal), out _), StringComparison.Ordinal);

    [Fact]
    public void A_record_without_value_is_no_event() => Assert.Equal("the record has no value", ReadEvent(null, out _));

    [Fact]
    public void A_video_is_read_with_its_duration()
    {
        Assert.Null(CatalogReader.Read(Record(Topics.Catalog, """{"video_id":"v","duration_ms":12345}""", "v"), 9, out var change));
        Assert.Equal(("v", 12345L, 9UL, 41L), (change.VideoId, change.DurationMs, change.Entry.Log, change.Entry.Offset));
        Assert.Equal(12.345, change.Entry.ToVideo()!.Duration.ToTimeSpan().TotalSeconds);
    }

    [Fact]
    public void A_tombstone_is_a_deletion()
    {
        Assert.Null(CatalogReader.Read(Record(Topics.Catalog, null, "v\"1"), 9, out var change));
        Assert.True(change.Entry.IsDeleted);
        Assert.Equal("{\"video_id\":\"v\\u00221\",\"deleted\":true}", Encoding.UTF8.GetString(CatalogReader.DeletedRow(change.VideoId)));
    }

    [Theory]
    [InlineData("""{"video_id":"other"}""", "v", "video_id differs from the key")]
    [InlineData("""{"title":"t"}""", "v", "video_id")]
    [InlineData("""{"video_id":"v"}""", "", "key")]
    [InlineData("[]", "v", "JSON")]
    public void A_video_that_is_none_is_refused(string value, string key, string named) =>
        Assert.Contains(named, CatalogReader.Read(Record(Topics.Catalog, value, key), 9, out _), StringComparison.Ordinal);

    [Fact]
    public void A_key_that_is_no_text_is_refused()
    {
        var record = Record(Topics.Catalog, """{"video_id":"v"}""") with { Key = [0xFF, 0xFE] };
        Assert.Contains("key", CatalogReader.Read(record, 9, out _), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"erasure_id":"e","user_id":"u","requested_at":"2026-11-22T08:30:00Z"}""", null)]
    [InlineData("""{"erasure_id":"e","requested_at":"2026-11-22T08:30:00Z"}""", "user_id")]
    [InlineData("""{"erasure_id":"e","user_id":"u"}""", "requested_at is before 1970")]
    [InlineData("""{"erasure_id":"e","user_id":"u","requested_at":"9999-12-31T23:59:59Z"}""", "requested_at is more than 25 hours after")]
    [InlineData("""{"erasure_id":"e","user_id":"\ud800","requested_at":"2026-11-22T08:30:00Z"}""", "JSON")]
    [InlineData("""{"erasure_id":"e","user_id":"u","requested_at":"2026-11-22T08:30:00Z","name":16,"names":16}""", null)]
    [InlineData("""{"erasure_id":"e","user_id":"u","requested_at":"2026-11-22T08:30:00Z","names":0}""", "names is 0 but must be 1 to 16")]
    [InlineData("""{"erasure_id":"e","user_id":"u","requested_at":"2026-11-22T08:30:00Z","names":-1}""", "names is -1 but must be 1 to 16")]
    [InlineData("""{"erasure_id":"e","user_id":"u","requested_at":"2026-11-22T08:30:00Z","names":17}""", "names is 17 but must be 1 to 16")]
    [InlineData("""{"erasure_id":"e","user_id":"u","requested_at":"2026-11-22T08:30:00Z","name":3,"names":2}""", "name is 3 but must be 1 to 2")]
    [InlineData("""{"erasure_id":"e","user_id":"u","requested_at":"2026-11-22T08:30:00Z","name":0}""", "name is 0 but must be 1 to 1")]
    [InlineData("[]", "JSON")]
    public void A_wish_to_be_forgotten_needs_a_viewer_and_a_time_that_has_been(string value, string? named)
    {
        var reason = ErasureReader.Read(Record(Topics.Erasure, value), 9, 4, out var e, out var wish);
        if (named is not null) Assert.Contains(named, reason, StringComparison.Ordinal);
        else Assert.True(reason is null && e is { IsErasure: true, UserId: "u" } && wish is { ErasureId: "e" });
    }

    [Theory]
    [InlineData("""{"request_id":"r","user_id":"u","video_id":"v","shown_at":"2026-11-22T08:30:00Z"}""", null)]
    [InlineData("""{"request_id":"r","user_id":"","video_id":"v","shown_at":"2026-11-22T08:30:00Z"}""", "user_id")]
    [InlineData("""{"request_id":"r","user_id":"u","shown_at":"2026-11-22T08:30:00Z"}""", "video_id")]
    [InlineData("""{"request_id":"r","user_id":"u","video_id":"v"}""", "shown_at")]
    [InlineData("""{"request_id":"r","user_id":"u","video_id":"v","shown_at":"2027-11-22T08:30:00Z"}""", "shown_at")]
    [InlineData("null", "JSON")]
    [InlineData("{", "JSON")]
    [InlineData(null, "no value")]
    public void An_impression_needs_a_viewer_a_video_and_a_time(string? value, string? named)
    {
        var reason = ImpressionReader.Read(Record(Topics.Impression, value), out var shownAt);
        if (named is not null) Assert.Contains(named, reason, StringComparison.Ordinal);
        else Assert.Equal((null, s_written.AddSeconds(-2)), (reason, shownAt));
    }

    [Fact]
    public void A_row_of_the_archive_has_no_line_ends()
    {
        var plain = """{"a":"x\ny"}"""u8.ToArray();
        Assert.Same(plain, JsonRow.Of(plain));
        Assert.Equal("""{  "a": "x\ny",   "b": [1.50, "\ud800"]}""", Encoding.UTF8.GetString(JsonRow.Of("{\n \"a\": \"x\\ny\",\r\n \"b\": [1.50, \"\\ud800\"]}"u8.ToArray())));
    }
}
