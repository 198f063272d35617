using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Recommender.Standalone.Dataset;

/// <summary>Writes rows as CSV with a header or as one JSON object a line; the same columns in both.</summary>
internal static class DatasetWriter
{
    /// <summary>The columns: who and what, what was known just before, what came of it.</summary>
    private static readonly (string Name, Func<PointInTimeRow, PointInTimeInput, object> Value)[] s_columns =
    [
        ("at", (r, _) => DateTimeOffset.FromUnixTimeMilliseconds(r.Of.AtMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
        ("user_id", (r, input) => input.Users[r.Of.User]),
        ("video_id", (r, input) => input.Videos[r.Of.Video]),
        ("request_id", (r, _) => r.Of.RequestId),
        ("position", (r, _) => r.Of.Position),
        ("source", (r, _) => r.Of.Source),
        ("propensity", (r, _) => r.Of.Propensity),
        .. Tallies("viewer", r => r.Viewer),
        .. Tallies("video", r => r.Clip),
        .. Tallies("pair", r => r.Pair),
        ("viewed", (r, _) => r.Of.IsViewed ? 1 : 0),
        ("watched_ms", (r, _) => r.Of.WatchedMs),
        ("liked", (r, _) => r.Of.IsLiked ? 1 : 0),
        ("shared", (r, _) => r.Of.IsShared ? 1 : 0),
        ("skipped", (r, _) => r.Of.IsSkipped ? 1 : 0),
    ];

    /// <summary>Names of the columns, in their order.</summary>
    public static IReadOnlyList<string> Columns => [.. s_columns.Select(c => c.Name)];

    /// <summary>Writes all rows.</summary>
    /// <returns>How many.</returns>
    public static long Write(Stream stream, bool isCsv, PointInTimeInput input, IEnumerable<PointInTimeRow> rows, CancellationToken cancellationToken)
    {
        var written = 0L;
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        if (isCsv) writer.WriteLine(string.Join(',', Columns));
        foreach (var row in rows)
        {
            if ((written++ & 0xFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
            writer.WriteLine(isCsv ? Csv(row, input) : Json(row, input));
        }
        return written;
    }

    private static IEnumerable<(string, Func<PointInTimeRow, PointInTimeInput, object>)> Tallies(string of, Func<PointInTimeRow, Tally> tally) =>
    [
        ($"{of}_impressions", (r, _) => tally(r).Impressions),
        ($"{of}_views", (r, _) => tally(r).Views),
        ($"{of}_watched_ms", (r, _) => tally(r).WatchedMs),
        ($"{of}_likes", (r, _) => tally(r).Likes),
        ($"{of}_unlikes", (r, _) => tally(r).Unlikes),
        ($"{of}_shares", (r, _) => tally(r).Shares),
        ($"{of}_skips", (r, _) => tally(r).Skips),
        ($"{of}_not_interested", (r, _) => tally(r).NotInterested),
        ($"{of}_follows", (r, _) => tally(r).Follows),
        // How long ago the newest of them was; -1: there is none.
        ($"{of}_age_ms", (r, _) => tally(r).LastAtMs == 0 ? -1L : r.Of.AtMs - tally(r).LastAtMs),
    ];

    private static string Csv(PointInTimeRow row, PointInTimeInput input) => string.Join(',', s_columns.Select(c => Quote(Convert.ToString(c.Value(row, input), CultureInfo.InvariantCulture)!)));

    private static string Json(PointInTimeRow row, PointInTimeInput input)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in s_columns)
            {
                switch (value(row, input))
                {
                    case string text: writer.WriteString(name, text); break;
                    case double number: writer.WriteNumber(name, number); break;
                    case var number: writer.WriteNumber(name, Convert.ToInt64(number, CultureInfo.InvariantCulture)); break;
                }
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    // RFC 4180.
    private static string Quote(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
