using System.Globalization;

namespace Grpc.Wire;

// The header grpc-timeout: one to eight digits and a unit.
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;
    private const long MaxValue = 99_999_999;

    // The units from fine to coarse, with their ticks of 100 ns; a nanosecond is less than one.
    private static readonly (char Unit, long Ticks)[] s_units =
    [
        ('u', TimeSpan.TicksPerMicrosecond),
        ('m', TimeSpan.TicksPerMillisecond),
        ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute),
        ('H', TimeSpan.TicksPerHour),
    ];

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MaxDigits + 1)
            return false;
        if (!long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return false;
        if (text[^1] == 'n')
        {
            timeout = TimeSpan.FromTicks((value + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick);
            return true;
        }
        foreach (var (unit, ticks) in s_units)
        {
            if (unit != text[^1])
                continue;
            timeout = TimeSpan.FromTicks(value * ticks);
            return true;
        }
        return false;
    }

    // The finest unit that fits, rounded up: the server should not be the first to give up.
    public static string Format(TimeSpan timeout)
    {
        foreach (var (unit, ticks) in s_units)
        {
            var value = Math.Max(1, timeout.Ticks / ticks + (timeout.Ticks % ticks > 0 ? 1 : 0));
            if (value <= MaxValue)
                return string.Create(CultureInfo.InvariantCulture, $"{value}{unit}");
        }
        return string.Create(CultureInfo.InvariantCulture, $"{MaxValue}H");
    }
}
