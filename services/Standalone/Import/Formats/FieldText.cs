using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace Recommender.Standalone.Import.Formats;

/// <summary>Values of fields; every error is a <see cref="FormatException"/> that names the column.</summary>
internal static class FieldText
{
    // The last second that a protobuf Timestamp can hold is in the year 9999; times that far off are milliseconds taken for seconds.
    private const double MaxSeconds = 32_503_680_000; // the year 3000
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>An id: any text.</summary>
    public static string Id(string text, string column)
    {
        var id = text.Trim();
        return id.Length > 0 ? id : throw new FormatException($"{column} is empty");
    }

    /// <summary>A finite number.</summary>
    public static double Number(string text, string column) =>
        double.TryParse(text.AsSpan().Trim(), Plain, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw new FormatException($"{column} is '{Shorten(text)}'; a number is expected");

    /// <summary>A whole number of milliseconds; <c>46186.0</c>, as data frames write it, is one too.</summary>
    public static long Milliseconds(string text, string column)
    {
        var value = Number(text, column);
        return Math.Abs(value) <= MaxSeconds * 1000 && value == Math.Truncate(value)
            ? (long)value
            : throw new FormatException($"{column} is '{Shorten(text)}'; whole milliseconds are expected");
    }

    /// <summary>A flag: 0 or 1; empty means 0.</summary>
    public static bool Flag(string text, string column) => text.Trim() switch
    {
        "1" or "1.0" => true,
        "0" or "0.0" or "" => false,
        _ => throw new FormatException($"{column} is '{Shorten(text)}'; 0 or 1 is expected"),
    };

    /// <summary>Seconds since 1970, fractions allowed.</summary>
    public static Timestamp UnixSeconds(string text, string column)
    {
        var value = Number(text, column);
        if (value is < -MaxSeconds or > MaxSeconds)
            throw new FormatException($"{column} is '{Shorten(text)}'; seconds since 1970 are expected");
        return FromMilliseconds((long)Math.Floor(value * 1000));
    }

    /// <summary>Milliseconds since 1970.</summary>
    public static Timestamp UnixMilliseconds(string text, string column) => FromMilliseconds(Milliseconds(text, column));

    /// <summary>A time of day in UTC such as <c>2022-04-10 08:59:09</c>.</summary>
    public static Timestamp DateTime(string text, string column) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var value)
            ? Timestamp.FromDateTimeOffset(value)
            : throw new FormatException($"{column} is '{Shorten(text)}'; a time such as 2022-04-10 08:59:09 is expected");

    private static Timestamp FromMilliseconds(long value) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(value));

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
