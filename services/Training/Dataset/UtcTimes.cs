using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Recommender.Training.Dataset;

/// <summary>Reads times in UTC of milli- or microseconds or whole seconds; keeps the minute and the day that it saw last. Not safe for concurrent use.</summary>
internal sealed class UtcTimes
{
    private const int WithMilliseconds = 24;

    private ulong _start;
    private ushort _end;
    private long _milliseconds;
    private Vector128<byte> _minute;
    private long _minuteMilliseconds;

    /// <summary>Unix milliseconds, rounded down; false when it looks otherwise.</summary>
    public bool TryParse(ReadOnlySpan<byte> text, out long milliseconds)
    {
        if (text.Length == WithMilliseconds && IsOfMinute(text) && TrySeconds(BinaryPrimitives.ReadUInt64LittleEndian(text[Vector128<byte>.Count..]), out var since))
        {
            milliseconds = _minuteMilliseconds + since;
            return true;
        }

        milliseconds = 0;
        if (text.Length is not (20 or WithMilliseconds or 27) || text[^1] != 'Z' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return false;
        var start = BinaryPrimitives.ReadUInt64LittleEndian(text);
        var end = BinaryPrimitives.ReadUInt16LittleEndian(text[8..]);
        if ((start != _start || end != _end) && !TryDay(text, start, end)) return false;
        var (hour, minute, second) = (Two(text, 11), Two(text, 14), Two(text, 17));
        if (hour > 23 || minute > 59 || second > 59) return false;
        var fraction = 0u;
        if (text.Length > 20)
        {
            if (text[19] != '.') return false;
            for (var i = 20; i < text.Length - 1; i++)
            {
                if (text[i] - (uint)'0' > 9) return false;
            }

            fraction = (100 * (text[20] - (uint)'0')) + (10 * (text[21] - (uint)'0')) + text[22] - '0';
        }

        (_minute, _minuteMilliseconds) = (Vector128.Create(text[..Vector128<byte>.Count]), _milliseconds + (60_000L * ((60 * hour) + minute)));
        milliseconds = _minuteMilliseconds + (1000 * second) + fraction;
        return true;
    }

    // Its first sixteen characters go down to the minute.
    private bool IsOfMinute(ReadOnlySpan<byte> text) => Vector128.Create(text[..Vector128<byte>.Count]) == _minute;

    // The milliseconds of ":ss.fffZ", whose characters are taken as the bytes of one number, the first lowest.
    private static bool TrySeconds(ulong text, out long milliseconds)
    {
        // A digit becomes its value, and everything else 0.
        var digits = text ^ 0x5A30_3030_2E30_303A;
        milliseconds = (10_000 * Digit(digits, 1)) + (1000 * Digit(digits, 2)) + (100 * Digit(digits, 4)) + (10 * Digit(digits, 5)) + Digit(digits, 6);
        // What is more than nine has upper bits, or gets them with six.
        return ((digits | (digits + 0x0006_0606_0006_0600)) & 0xFFF0_F0F0_FFF0_F0FF) == 0 && milliseconds < 60_000;
    }

    private static long Digit(ulong digits, int place) => (byte)(digits >> (8 * place));

    private bool TryDay(ReadOnlySpan<byte> text, ulong start, ushort end)
    {
        var (century, year, month, day) = (Two(text, 0), Two(text, 2), Two(text, 5), Two(text, 8));
        if (text[4] != '-' || text[7] != '-' || century > 99 || year > 99 || month is 0 or > 12) return false;
        var whole = (int)((100 * century) + year);
        if (whole == 0 || day == 0 || day > DateTime.DaysInMonth(whole, (int)month)) return false;
        (_start, _end) = (start, end);
        _milliseconds = new DateTimeOffset(whole, (int)month, (int)day, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        return true;
    }

    // Two digits, or more than 99.
    private static uint Two(ReadOnlySpan<byte> text, int at)
    {
        var (tens, ones) = (text[at] - (uint)'0', text[at + 1] - (uint)'0');
        return tens > 9 || ones > 9 ? uint.MaxValue : (10 * tens) + ones;
    }
}
