using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace Recommender.Contracts.Json;

/// <summary>RFC 3339 times as the topics carry them: UTC, with up to nine fractional digits and a trailing Z.</summary>
public static class JsonTime
{
    /// <summary>Formats with the fewest of 0, 3, 6 or 9 fractional digits that lose nothing.</summary>
    public static string Format(Timestamp time)
    {
        var seconds = DateTimeOffset.FromUnixTimeSeconds(time.Seconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        if (time.Nanos == 0) return seconds + "Z";
        var nanos = time.Nanos.ToString("D9", CultureInfo.InvariantCulture);
        var digits = nanos.EndsWith("000000", StringComparison.Ordinal) ? 3 : nanos.EndsWith("000", StringComparison.Ordinal) ? 6 : 9;
        return $"{seconds}.{nanos[..digits]}Z";
    }

    /// <summary>Parses RFC 3339 with any offset; the result is UTC with a resolution of 100 ns.</summary>
    public static bool TryParse(string? text, out Timestamp time)
    {
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var parsed = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Styles, out var value);
        time = parsed ? Timestamp.FromDateTimeOffset(value) : new Timestamp();
        return parsed;
    }
}
