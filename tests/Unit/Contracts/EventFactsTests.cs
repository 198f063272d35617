using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Recommender.Contracts.Json;

namespace Recommender.Tests.Unit.Contracts;

/// <summary>The quick reader of events and the one that makes messages must agree on everything.</summary>
public sealed class EventFactsTests
{
    private static readonly string[] s_values =
    [
        "\"e\"", "\"view\"", "\"like\"", "\"\"", "null", "7", "-3", "1500", "1e300", "99999999999", "true", "{}", "[]", "\"2026-11-22T08:30:00.123Z\"", "\"2026-11-22T10:30:00+02:00\"",
        "\"1969-12-31T23:59:59Z\"", "\"soon\"", "\"\\u0041\\n\"", "\"\\ud800\"", "\"ä\\\"ö\"", "\"\uFFFE\"", "{\"a\":\"b\",\"\\u0041\":\"c\"}", "{\"a\":1}", "{\"\\ud800\":\"x\"}", "{\"\uFFFE\":\"\uFFFE\"}",
    ];

    private static readonly string[] s_names =
    [
        "event_id", "type", "user_id", "video_id", "occurred_at", "received_at", "watch_time_ms", "session_id", "request_id", "position", "surface", "context", "new", "user\\u005fid",
    ];

    [Fact]
    public void Facts_are_those_of_the_message_or_the_same_refusal() => Prop
        .ForAll(ArbMap.Default.ArbFor<(byte Name, byte Value)[]>(), ArbMap.Default.ArbFor<(byte At, byte To)[]>(), Agree)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(20));

    [Theory]
    [InlineData("")]
    [InlineData(",\"context\":{\"\uFFFE\":\"x\"}")]
    [InlineData(",\"context\":{\"\\ud800\":\"x\"}")]
    [InlineData(",\"context\":{\"a\":\"\uFFFE\"}")]
    [InlineData(",\"surface\":\"\uFFFE\"")]
    public void A_text_that_is_none_is_refused_by_both(string more) =>
        Assert.Equal(more.Length == 0, Facts(Bytes($$"""{"type":"view","user_id":"u","video_id":"v"{{more}}}""")).StartsWith("read", StringComparison.Ordinal));

    private static bool Agree((byte Name, byte Value)[] fields, (byte At, byte To)[] slips)
    {
        // Most fields in their right form, so that not every text is refused at once.
        var json = new StringBuilder("{\"event_id\":\"e\\u0041\",\"type\":\"view\",\"user_id\":\"ü\",\"video_id\":\"v\",\"occurred_at\":\"2026-11-22T08:30:00.123Z\"");
        foreach (var (name, value) in fields) json.Append(System.Globalization.CultureInfo.InvariantCulture, $",\"{s_names[name % s_names.Length]}\":{s_values[value % s_values.Length]}");
        var bytes = Bytes(json.Append('}').ToString());
        if (fields.Length % 3 == 0)
            foreach (var (at, to) in slips.Take(2)) bytes[at % bytes.Length] = to;
        Assert.Equal(Message(bytes), Facts(bytes));
        return true;
    }

    /// <summary>UTF-8 with bytes that are none in place of U+FFFE.</summary>
    private static byte[] Bytes(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        for (var i = 0; i + 2 < bytes.Length; i++)
            if (bytes[i] == 0xEF && bytes[i + 1] == 0xBF && bytes[i + 2] == 0xBE) (bytes[i], bytes[i + 1], bytes[i + 2]) = (0xC3, 0x28, (byte)'x');
        return bytes;
    }

    private static string Message(byte[] json)
    {
        try
        {
            var e = EventJson.Parse(json, out var receivedAt);
            return $"read {e.EventId}|{e.Type}|{e.UserId}|{e.VideoId}|{e.OccurredAt?.ToDateTimeOffset():O}|{receivedAt?.ToDateTimeOffset():O}|{e.WatchTime?.ToTimeSpan()}";
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }

    private static string Facts(byte[] json)
    {
        try
        {
            var e = EventFacts.Parse(json);
            return $"read {Text(e.EventId)}|{e.Type}|{Text(e.UserId)}|{Text(e.VideoId)}|{e.OccurredAt:O}|{e.ReceivedAt:O}|{e.WatchTime}";
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
