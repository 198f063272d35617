using System.Text;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Modeling.Weights;
using Recommender.Tests.Shared;
using Recommender.Training.Dataset;
using Recommender.V1;

namespace Recommender.Tests.Unit.Training.Dataset;

public sealed class EventRowReaderTests
{
    private readonly EventRowReader _reader = new();

    private bool TryRead(string row) => _reader.TryRead(Encoding.UTF8.GetBytes(row));

    [Fact]
    public void It_reads_what_the_topics_carry()
    {
        var e = TestEvents.One("zuschauer-ä\"\\\u4e2d", "v\u00e9lo\n1", 12.345, EventType.View, watched: 1.5);
        e.SessionId = "s";
        e.Context["user_id"] = "nobody";
        e.Context["video_id"] = "nothing";
        Assert.True(_reader.TryRead(EventJson.Serialize(e, e.OccurredAt)));
        Assert.Equal(e.UserId, _reader.UserId.ToString());
        Assert.Equal(e.VideoId, _reader.VideoId.ToString());
        Assert.Equal(Signal.View, _reader.Signal);
        Assert.Equal(e.OccurredAt.ToDateTimeOffset().ToUnixTimeMilliseconds(), _reader.OccurredAtMs);
        Assert.Equal(1.5f, _reader.WatchSeconds);
    }

    [Fact]
    public void It_knows_every_type_of_event()
    {
        foreach (var name in EventTypeNames.All)
        {
            Assert.True(EventTypeNames.TryParse(name, out var type));
            var isOfAuthor = EventTypes.IsOfAuthor(type);
            // What is about an author is told apart from what is no event, and is none of a video even where it names one.
            Assert.Equal(!isOfAuthor, TryRead($$"""{"type":"{{name}}","user_id":"u","video_id":"v","author_id":"a","occurred_at":"2026-11-01T00:00:00Z"}"""));
            Assert.Equal(isOfAuthor ? (default, type) : ((Signal)type, default), (_reader.Signal, _reader.Decision));
        }
    }

    [Fact]
    public void A_field_that_is_null_is_absent()
    {
        Assert.True(TryRead("""{"event_id":null,"type":"view","user_id":"u","video_id":"v","occurred_at":"2026-11-01T00:00:00Z","received_at":null,"watch_time_ms":null}"""));
        Assert.Equal((_reader.OccurredAtMs, 0f, 0UL), (_reader.ReceivedAtMs, _reader.WatchSeconds, _reader.EventIdHash));
    }

    [Theory]
    [InlineData("""{"type":"view","user_id":"u","video_id":"v"}""")]
    [InlineData("""{"type":"view","user_id":"u","occurred_at":"2026-11-01T00:00:00Z"}""")]
    [InlineData("""{"type":"view","video_id":"v","occurred_at":"2026-11-01T00:00:00Z"}""")]
    [InlineData("""{"user_id":"u","video_id":"v","occurred_at":"2026-11-01T00:00:00Z"}""")]
    [InlineData("""{"type":"glance","user_id":"u","video_id":"v","occurred_at":"2026-11-01T00:00:00Z"}""")]
    [InlineData("""{"type":"view","user_id":"u","video_id":"v","occurred_at":"yesterday"}""")]
    [InlineData("""{"type":"view","user_id":7,"video_id":"v","occurred_at":"2026-11-01T00:00:00Z"}""")]
    [InlineData("""{"type":"view","user_id":"u","video_id":"v","occurred_at":"2026-11-01T00:00:00Z" """)]
    [InlineData("[1]")]
    [InlineData("")]
    public void What_is_no_event_is_refused(string row) => Assert.False(TryRead(row));

    [Fact]
    public void A_refused_row_leaves_nothing_for_the_next_one()
    {
        Assert.True(TryRead("""{"event_id":"e","type":"view","user_id":"u","video_id":"v","occurred_at":"2026-11-01T00:00:00Z","watch_time_ms":1000}"""));
        Assert.False(TryRead("""{"type":"view","user_id":"other"}"""));
        Assert.Equal("", _reader.VideoId.ToString());
        Assert.True(TryRead("""{"type":"like","user_id":"u","video_id":"v","occurred_at":"2026-11-01T00:00:00Z"}"""));
        Assert.Equal((0f, 0ul), (_reader.WatchSeconds, _reader.EventIdHash));
    }

    [Fact]
    public void Ids_longer_than_the_buffer_are_read_whole()
    {
        var id = new string('x', 5000);
        Assert.True(TryRead($$"""{"type":"view","user_id":"{{id}}","video_id":"{{id}}","occurred_at":"2026-11-01T00:00:00Z"}"""));
        Assert.Equal(id, _reader.UserId.ToString());
        Assert.Equal(id, _reader.VideoId.ToString());
    }

    [Fact]
    public void Event_ids_that_differ_in_any_place_have_different_hashes()
    {
        var hashes = new HashSet<ulong>();
        var ids = Enumerable.Range(0, 20_000).Select(i => $"e{i}").Concat(Enumerable.Range(0, 20_000).Select(i => $"{i:D40}")).ToArray();
        foreach (var id in ids)
        {
            Assert.True(TryRead($$"""{"event_id":"{{id}}","type":"view","user_id":"u","video_id":"v","occurred_at":"2026-11-01T00:00:00Z"}"""));
            hashes.Add(_reader.EventIdHash);
        }
        Assert.Equal(ids.Length, hashes.Count);
    }

    [Fact]
    public void An_id_written_with_escapes_is_the_same_id()
    {
        Assert.True(TryRead("""{"event_id":"abcdefghi","type":"view","user_id":"u","video_id":"v","occurred_at":"2026-11-01T00:00:00Z"}"""));
        var plain = _reader.EventIdHash;
        Assert.True(TryRead("""{"event_id":"\u0061bcdefgh\u0069","type":"view","user_id":"u","video_id":"v","occurred_at":"2026-11-01T00:00:00Z"}"""));
        Assert.Equal(plain, _reader.EventIdHash);
    }
}
