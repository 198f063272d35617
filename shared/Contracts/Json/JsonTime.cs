using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;

namespace Recommender.Contracts.Json;

/// <summary>RFC 3339 times as the topics carry them: UTC, with up to nine fractional digits and a trailing Z.</summary>
public static class JsonTime
{
    /// <summary>Bytes that no time is longer than.</summary>
    public const int MaxBytes = 30;

    /// <summary>Formats with the fewest of 0, 3, 6 or 9 fractional digits that lose nothing.</summary>
    public static string Format(Timestamp time)
    {
        Span<byte> utf8 = stackalloc byte[MaxBytes];
        return Encoding.ASCII.GetString(utf8[..Format(time, utf8)]);
    }

    /// <summary>As the other one, as UTF-8.</summary>
    /// <param name="time">The time.</param>
    /// <param name="utf8">Where to; at least <see cref="MaxBytes"/>.</param>
    /// <returns>How many bytes it takes.</returns>
    public static int Format(Timestamp time, Span<byte> utf8)
    {
        // Digit by digit: every event has two or three times.
        var (at, nanos) = (DateTimeOffset.FromUnixTimeSeconds(time.Seconds).UtcDateTime, time.Nanos);
        var (digits, fraction) = nanos == 0 ? (0, 0) : nanos % 1_000_000 == 0 ? (3, nanos / 1_000_000) : nanos % 1000 == 0 ? (6, nanos / 1000) : (9, nanos);
        "0000-00-00T00:00:00.000000000Z"u8.CopyTo(utf8);
        Put(utf8[..4], at.Year);
        Put(utf8[5..7], at.Month);
        Put(utf8[8..10], at.Day);
        Put(utf8[11..13], at.Hour);
        Put(utf8[14..16], at.Minute);
        Put(utf8[17..19], at.Second);
        var end = digits > 0 ? 20 + digits : 19;
        if (digits > 0) Put(utf8[20..end], fraction);
        utf8[end] = (byte)'Z';
        return end + 1;
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
    private static void Put(Span<byte> text, int number)
    {
        for (var i = text.Length - 1; i >= 0; i--, number /= 10) text[i] = (byte)('0' + (number % 10));
    }
}
