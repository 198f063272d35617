using System.Globalization;
using System.Text;

namespace Recommender.Tests.Unit.Training.Dataset;

/// <summary>Rows of events as the door writes them, and rows that look otherwise: in another order, escaped, nested, cut off, wrong.</summary>
internal static class RandomRows
{
    private static readonly string[] s_ids = ["u", "user-1", "user-22", "短视频", "👩‍👧", "\uE000x", "\uFFFDy", "a\\\"b", "\\u00e9", "\\ud800", "", "z\u0007", "\u00FF\u00FE", "x y"];
    private static readonly string[] s_types = ["view", "like", "share", "skip", "not_interested", "unlike", "follow", "mute_author", "unmute_author", "follow_author", "unfollow_author", "View", "nothing", ""];
    private static readonly string[] s_times =
    [
        "2026-11-22T08:30:00Z", "2026-11-22T08:30:00.123Z", "2026-11-23T23:59:59.999999Z", "2026-11-22T08:30:00.123456789Z", "2026-11-22T08:30:00.9999999Z",
        "2026-11-22T10:30:00+02:00", "1969-12-31T23:59:59.999Z", "2024-02-29T00:00:00Z", "2023-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-22T24:00:00Z",
        "2026-11-22T08:60:00Z", "2026-11-22 08:30:00Z", "0001-01-01T00:00:00Z", "2026-11-22T08:30:00.12Z", "yesterday", "", "2026-11-22T08:30:0xZ", "0000-01-01T00:00:00Z",
        "2026-11-22T08:30:59.007Z", "2026-11-22T08:30:60.000Z", "2026-11-22T08:30:0x.123Z", "2026-11-22T08:30:00.1:3Z", "2026-11-22T08:30:00,123Z", "2026-11-22T08:30:00.123z",
    ];
    private static readonly string[] s_numbers = ["0", "1", "12345", "007", "-5", "1.5", "1e3", "999999999999999", "1234567890123456", "\"7\"", "null", "true", ""];

    public static string[] Of(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => Row(random))];

    /// <summary>A row's bytes. In a row with U+00FF and none beyond, characters stand for bytes, so that it is no UTF-8.</summary>
    public static byte[] BytesOf(string row) => row.All(c => c < 256) && row.Contains('\u00FF') ? Encoding.Latin1.GetBytes(row) : Encoding.UTF8.GetBytes(row);

    private static string Row(Random random)
    {
        // Two of three rows are as good as can be.
        var odd = random.Next(3) == 0;
        string Pick(string[] from, int good) => from[random.Next(odd ? from.Length : good)];
        var fields = new List<string>
        {
            $"\"event_id\":\"{Pick(s_ids, 5)}{random.Next(50).ToString(CultureInfo.InvariantCulture)}\"",
            $"\"type\":\"{Pick(s_types, 7)}\"",
            $"\"user_id\":\"{Pick(s_ids, 7)}\"",
            $"\"video_id\":\"{Pick(s_ids, 7)}\"",
            $"\"occurred_at\":\"{Pick(s_times, 3)}\"",
        };
        if (random.Next(2) == 0) fields.Add($"\"received_at\":\"{Pick(s_times, 3)}\"");
        if (random.Next(2) == 0) fields.Add($"\"watch_time_ms\":{Pick(s_numbers, 3)}");
        if (random.Next(3) == 0) fields.Add($"\"session_id\":\"{Pick(s_ids, 5)}\"");
        if (random.Next(3) == 0) fields.Add($"\"request_id\":\"{Pick(s_ids, 5)}\"");
        if (random.Next(3) == 0) fields.Add($"\"position\":{Pick(s_numbers, 3)}");
        if (random.Next(3) == 0) fields.Add($"\"surface\":\"{Pick(s_ids, 5)}\"");
        if (!odd) return "{" + string.Join(",", fields) + "}";

        switch (random.Next(8))
        {
            case 0: fields.RemoveAt(random.Next(fields.Count)); break;
            case 1: fields.Add(fields[random.Next(fields.Count)]); break;
            case 2: fields.Insert(random.Next(fields.Count), "\"context\":{\"user_id\":\"not this\",\"k\":[1,{}]}"); break;
            case 3: fields.Insert(random.Next(fields.Count), "\"user\\u005fid\":\"escaped\""); break;
            case 4: fields = [.. fields.OrderBy(_ => random.Next())]; break;
            case 5: fields.Insert(random.Next(fields.Count), "\"evil\":\"}\""); break;
            default: break;
        }
        var row = new StringBuilder("{").AppendJoin(random.Next(4) == 0 ? ", " : ",", fields).Append('}').ToString();
        return random.Next(6) switch
        {
            0 => row[..random.Next(row.Length)],
            1 => row + " ",
            2 => row + "}",
            3 => row.Remove(random.Next(row.Length), 1),
            _ => row,
        };
    }
}
