using System.Globalization;

namespace Recommender.Standalone.Cli;

/// <summary>Lengths of time as people type them: <c>12.5s</c>, <c>750ms</c>, <c>2m</c>; a bare number is seconds.</summary>
internal static class DurationText
{
    private const double MaxSeconds = 366 * 86_400.0;
    private static readonly (string Unit, double Seconds)[] s_units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>Reads a length of time; false when it is none, or longer than a year.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var (number, scale) = (text, 1.0);
        foreach (var (unit, seconds) in s_units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal)) continue;
            (number, scale) = (text[..^unit.Length], seconds);
            break;
        }
        const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!double.TryParse(number, Plain, CultureInfo.InvariantCulture, out var value)) return false;
        if (!(Math.Abs(value * scale) <= MaxSeconds)) return false; // written so that NaN fails it
        duration = TimeSpan.FromSeconds(value * scale);
        return true;
    }
}
