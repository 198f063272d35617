using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace Recommender.Contracts.Json;

/// <summary>RFC 3339 times as the topics carry them: UTC, with up to nine fractional digits and a trailing Z.</summary>
public static class JsonTime
{
    private const string Seconds = "0000-00-00T00:00:00";

    /// <summary>Formats with the fewest of 0, 3, 6 or 9 fractional digits that lose nothing.</summary>
    public static string Format(Timestamp time)
    {
        // Digit by digit: every event has two or three times.
        var (at, nanos) = (DateTimeOffset.FromUnixTimeSeconds(time.Seconds).UtcDateTime, time.Nanos);
        var (digits, fraction) = nanos == 0 ? (0, 0) : nanos % 1_000_000 == 0 ? (3, nanos / 1_000_000) : nanos % 1000 == 0 ? (6, nanos / 1000) : (9, nanos);
        return string.Create(Seconds.Length + (digits > 0 ? digits + 1 : 0) + 1, (at, digits, fraction), static (text, time) =>
        {
            var (at, digits, fraction) = time;
            Seconds.CopyTo(text);
            Put(text[..4], at.Year);
            Put(text[5..7], at.Month);
            Put(text[8..10], at.Day);
            Put(text[11..13], at.Hour);
            Put(text[14..16], at.Minute);
            Put(text[17..19], at.Second);
            if (digits > 0)
            {
                text[Seconds.Length] = '.';
                Put(text[(Seconds.Length + 1)..^1], fraction);
            }
            text[^1] = 'Z';
        });
    }

    /// <summary>Parses RFC 3339 with any offset; the result is UTC with a resolution of 100 ns.</summary>
    public static bool TryParse(string? text, out Timestamp time)
    {
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var parsed = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Styles, out var value);
        time = parsed ? Timestamp.FromDateTimeOffset(value) : new Timestamp();
        return parsed;
    }

    /// <summary>Fills the text with the number's digits, from the last one.</summary>
    private static void Put(Span<char> text, int number)
    {
        for (var i = text.Length - 1; i >= 0; i--, number /= 10) text[i] = (char)('0' + (number % 10));
    }
}
