using Google.Protobuf.WellKnownTypes;
using Recommender.Ingestion;
using Recommender.Ingestion.Events;
using Recommender.V1;

namespace Recommender.Tests.Unit.Ingestion;

public class EventRulesTests
{
    private static readonly EventRules s_rules = new(new IngestionOptions(), TimeProvider.System);

    private static Event Good() => new() { Type = EventType.View, UserId = "u", VideoId = "v" };

    private static string[] FieldsOf(Event? e) => [.. s_rules.Check(e).Select(v => v.Field)];

    [Fact]
    public void A_small_event_is_good() => Assert.Empty(FieldsOf(Good()));

    [Fact]
    public void A_missing_event_is_refused() => Assert.Equal(["event"], FieldsOf(null));

    [Fact]
    public void Ids_of_128_bytes_are_good_and_of_129_are_not()
    {
        var e = Good();
        e.UserId = new string('ä', 64);
        Assert.Empty(FieldsOf(e));
        e.UserId += "a";
        Assert.Equal(["event.user_id"], FieldsOf(e));
    }

    [Fact]
    public void Every_wrong_field_is_named_at_once()
    {
        var e = new Event
        {
            EventId = new string('e', 129), Type = (EventType)99, VideoId = "a\nb", SessionId = new string('s', 129), RequestId = new string('r', 129),
            Position = -1, Surface = new string('x', 65), OccurredAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddHours(1)),
            WatchTime = new Duration { Seconds = -1 }, Context = { [new string('k', 65)] = "" },
        };
        Assert.Equal(
            ["event.event_id", "event.type", "event.user_id", "event.video_id", "event.occurred_at", "event.watch_time", "event.session_id",
             "event.request_id", "event.position", "event.surface", "event.context"], FieldsOf(e));
    }

    [Theory]
    [InlineData(EventType.MuteAuthor)]
    [InlineData(EventType.UnmuteAuthor)]
    [InlineData(EventType.FollowAuthor)]
    [InlineData(EventType.UnfollowAuthor)]
    public void A_mute_or_follow_names_an_author_and_may_name_a_video_and_nothing_else_names_an_author(EventType type)
    {
        var e = new Event { Type = type, UserId = "u", AuthorId = new string('a', 128) };
        Assert.Empty(FieldsOf(e));
        e.VideoId = "v";
        Assert.Empty(FieldsOf(e));
        e.VideoId = new string('v', 129);
        Assert.Equal(["event.video_id"], FieldsOf(e));
        e.VideoId = "v";
        foreach (var wrong in (string[])["", new string('a', 129), "a\nb"])
        {
            e.AuthorId = wrong;
            Assert.Equal(["event.author_id"], FieldsOf(e));
        }
        e.AuthorId = "a";
        e.Type = EventType.Follow;
        Assert.Equal(["event.author_id"], FieldsOf(e));
        e.Type = (EventType)12;
        Assert.Equal(["event.type", "event.author_id"], FieldsOf(e));
    }

    [Fact]
    public void Watch_time_is_for_views_only_and_at_most_a_day()
    {
        var e = Good();
        e.WatchTime = Duration.FromTimeSpan(TimeSpan.FromHours(24));
        Assert.Empty(FieldsOf(e));
        e.WatchTime = Duration.FromTimeSpan(TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1));
        Assert.Equal(["event.watch_time"], FieldsOf(e));
        e.WatchTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(1));
        e.Type = EventType.Like;
        Assert.Equal(["event.watch_time"], FieldsOf(e));
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(893286638, 0, true)] // MovieLens 100K is of 1998
    [InlineData(-1, 0, false)]
    [InlineData(1000, -1, false)]
    [InlineData(1000, 1_000_000_000, false)]
    [InlineData(253_402_300_799, 0, false)]
    public void Times_lie_between_1970_and_now(long seconds, int nanos, bool good)
    {
        var e = Good();
        e.OccurredAt = new Timestamp { Seconds = seconds, Nanos = nanos };
        Assert.Equal(good ? [] : ["event.occurred_at"], FieldsOf(e));
    }

    [Fact]
    public void A_clock_a_little_ahead_is_tolerated()
    {
        var e = Good();
        e.OccurredAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddMinutes(9));
        Assert.Empty(FieldsOf(e));
    }

    [Fact]
    public void Context_is_small()
    {
        var e = Good();
        for (var i = 0; i < 17; i++) e.Context.Add($"k{i}", "v");
        Assert.Equal(["event.context"], FieldsOf(e));
        e.Context.Clear();
        e.Context.Add("k", new string('v', 257));
        Assert.Equal(["event.context[k]"], FieldsOf(e));
    }
}
