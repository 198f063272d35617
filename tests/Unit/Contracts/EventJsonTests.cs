using System.Text;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts.Json;
using Recommender.V1;

namespace Recommender.Tests.Unit.Contracts;

public class EventJsonTests
{
    private static readonly Timestamp s_time = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 11, 22, 8, 30, 0, 123, TimeSpan.Zero));

    private static Event Full() => new()
    {
        EventId = "e1", Type = EventType.View, UserId = "u\"ä", VideoId = "v/7", OccurredAt = s_time,
        WatchTime = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(12345)), SessionId = "s", RequestId = "r", Position = 3,
        Surface = "for_you", Context = { ["app"] = "1.2" },
    };

    [Fact]
    public void The_form_of_an_event_is_the_documented_one()
    {
        var json = Encoding.UTF8.GetString(EventJson.Serialize(Full(), s_time));
        const string Expected =
            """{"event_id":"e1","type":"view","user_id":"u\"ä","video_id":"v/7","occurred_at":"2026-11-22T08:30:00.123Z","received_at":"2026-11-22T08:30:00.123Z","""
            + """ "watch_time_ms":12345,"session_id":"s","request_id":"r","position":3,"surface":"for_you","context":{"app":"1.2"}}""";
        Assert.Equal(Expected.Replace(", \"watch", ",\"watch", StringComparison.Ordinal), json);
    }

    [Fact]
    public void An_event_survives_the_round_trip()
    {
        var parsed = EventJson.Parse(EventJson.Serialize(Full(), s_time), out var receivedAt);
        Assert.Equal(Full(), parsed);
        Assert.Equal(s_time, receivedAt);
    }

    [Fact]
    public void Absent_fields_are_left_out()
    {
        var json = Encoding.UTF8.GetString(EventJson.Serialize(new Event { EventId = "e", Type = EventType.Like, UserId = "u", VideoId = "v" }));
        Assert.Equal("""{"event_id":"e","type":"like","user_id":"u","video_id":"v"}""", json);
    }

    [Fact]
    public void A_mute_names_the_author_and_where_it_happened_only_if_that_is_known()
    {
        var mute = new Event { EventId = "e", Type = EventType.MuteAuthor, UserId = "u", AuthorId = "a" };
        Assert.Equal("""{"event_id":"e","type":"mute_author","user_id":"u","author_id":"a"}""", Encoding.UTF8.GetString(EventJson.Serialize(mute)));
        Assert.Equal(mute, EventJson.Parse(EventJson.Serialize(mute)));
        mute.VideoId = "v";
        Assert.Equal(mute, EventJson.Parse(EventJson.Serialize(mute)));
    }

    [Fact]
    public void Unknown_fields_are_ignored_so_that_fields_can_be_added()
    {
        var parsed = EventJson.Parse("""{"type":"skip","new":{"a":[1,{"b":2}]},"user_id":"u","video_id":"v"}"""u8);
        Assert.Equal(EventType.Skip, parsed.Type);
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "JSON object")]
    [InlineData("{", "JSON")]
    [InlineData("{\"type\":\"view\"", "JSON")]
    [InlineData("{} {}", "")]
    [InlineData("{\"user_id\":\"u\",\"video_id\":\"v\"}", "type")]
    [InlineData("{\"type\":\"look\",\"user_id\":\"u\",\"video_id\":\"v\"}", "look")]
    [InlineData("{\"type\":\"view\",\"video_id\":\"v\"}", "user_id")]
    [InlineData("{\"type\":\"view\",\"user_id\":\"u\"}", "video_id")]
    [InlineData("{\"type\":\"mute_author\",\"user_id\":\"u\",\"video_id\":\"v\"}", "author_id")]
    [InlineData("{\"type\":\"unmute_author\",\"user_id\":\"u\",\"author_id\":7}", "author_id")]
    [InlineData("{\"type\":\"view\",\"user_id\":\"u\",\"author_id\":\"a\"}", "video_id")]
    [InlineData("{\"type\":\"view\",\"user_id\":7,\"video_id\":\"v\"}", "user_id")]
    [InlineData("{\"type\":\"view\",\"user_id\":\"u\",\"video_id\":\"v\",\"occurred_at\":\"soon\"}", "occurred_at")]
    [InlineData("{\"type\":\"view\",\"user_id\":\"u\",\"video_id\":\"v\",\"watch_time_ms\":\"1\"}", "watch_time_ms")]
    [InlineData("{\"type\":\"view\",\"user_id\":\"u\",\"video_id\":\"v\",\"watch_time_ms\":1e300}", "watch_time_ms")]
    [InlineData("{\"type\":\"view\",\"user_id\":\"u\",\"video_id\":\"v\",\"watch_time_ms\":-9223372036854775808}", "watch_time_ms")]
    [InlineData("{\"type\":\"view\",\"user_id\":\"u\",\"video_id\":\"v\",\"position\":99999999999}", "position")]
    [InlineData("{\"type\":\"view\",\"user_id\":\"u\",\"video_id\":\"v\",\"context\":[]}", "context")]
    public void Bad_input_is_refused_with_the_fields_name(string json, string named)
    {
        var error = Assert.Throws<FormatException>(() => EventJson.Parse(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_utf8_is_refused_with_the_fields_name()
    {
        byte[] json = [.. "{\"type\":\"view\",\"user_id\":\""u8, 0xC3, 0x28, .. "\",\"video_id\":\"v\"}"u8];
        Assert.Contains("user_id", Assert.Throws<FormatException>(() => EventJson.Parse(json)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-22T08:30:00Z")]
    [InlineData("2026-11-22T08:30:00.5Z")]
    [InlineData("2026-11-22T10:30:00+02:00")]
    public void Times_are_read_with_any_offset_and_fraction(string text)
    {
        Assert.True(JsonTime.TryParse(text, out var time));
        Assert.Equal(new DateTime(2026, 11, 22, 8, 30, 0, DateTimeKind.Utc), time.ToDateTime().AddTicks(-(time.ToDateTime().Ticks % TimeSpan.TicksPerSecond)));
    }

    [Theory]
    [InlineData("2026-11-22T08:30:05Z", 0)]
    [InlineData("2026-11-22T08:30:05.120Z", 120_000_000)]
    [InlineData("2026-11-22T08:30:05.000012Z", 12_000)]
    [InlineData("2026-11-22T08:30:05.000000001Z", 1)]
    [InlineData("2026-11-22T08:30:05.987654321Z", 987_654_321)]
    public void Times_have_the_fewest_digits_that_lose_nothing(string expected, int nanos)
    {
        var time = Timestamp.FromDateTime(new DateTime(2026, 11, 22, 8, 30, 5, DateTimeKind.Utc));
        time.Nanos = nanos;
        Assert.Equal(expected, JsonTime.Format(time));
        var utf8 = new byte[JsonTime.MaxBytes];
        Assert.Equal(expected, Encoding.UTF8.GetString(utf8, 0, JsonTime.Format(time, utf8)));
    }

    [Fact]
    public void Every_event_type_has_a_name_and_a_topic()
    {
        foreach (var type in System.Enum.GetValues<EventType>().Where(t => t != EventType.Unspecified))
        {
            Assert.True(EventTypeNames.TryParse(EventTypeNames.NameOf(type), out var parsed));
            Assert.Equal(type, parsed);
            Assert.Contains(Recommender.Contracts.Topics.Of(type), Recommender.Contracts.Topics.Events);
        }
    }
}
