using Recommender.Modeling.Weights;

namespace Recommender.Training.Dataset;

/// <summary>
/// What happened and for how long, in the lower 23 bits of a word; the upper nine are left to its owner. Watch times are kept in whole
/// milliseconds up to <see cref="ExactSeconds"/>, beyond that with fourteen significant bits (0.006 %), and end at <see cref="MostSeconds"/>.
/// </summary>
internal static class EventWord
{
    /// <summary>Bits at the upper end that are not used.</summary>
    public const int FreeBits = 9;

    /// <summary>Up to here a watch time is kept to the millisecond.</summary>
    public const float ExactSeconds = 393.216f;

    private const int SignalBits = 4;
    private const uint SignalMask = (1 << SignalBits) - 1;
    private const int WatchBits = 32 - FreeBits - SignalBits;
    private const uint LastCode = (1 << WatchBits) - 1;
    private const uint FirstRounded = 393_216;

    // Bits of a float32's fraction that are dropped from there on.
    private const int DroppedBits = 10;
    private static readonly uint s_firstRounded = (BitConverter.SingleToUInt32Bits(ExactSeconds) + (1 << (DroppedBits - 1))) >> DroppedBits;

    /// <summary>The longest watch time, some 298 days.</summary>
    public static float MostSeconds => SecondsOf(LastCode << SignalBits);

    /// <summary>The word, its upper bits zero. What is no watch time counts as none.</summary>
    public static uint Of(byte signal, float watchSeconds) => (CodeOf(watchSeconds) << SignalBits) | (signal & SignalMask);

    /// <summary>The number of the <see cref="Signal"/>.</summary>
    public static byte SignalOf(uint word) => (byte)(word & SignalMask);

    /// <summary>Seconds watched.</summary>
    public static float SecondsOf(uint word)
    {
        var code = (word >> SignalBits) & LastCode;
        return code < FirstRounded ? (float)(code / 1000.0) : BitConverter.UInt32BitsToSingle((code - FirstRounded + s_firstRounded) << DroppedBits);
    }

    private static uint CodeOf(float seconds)
    {
        if (!(seconds > 0f)) return 0;
        var milliseconds = (seconds * 1000.0) + 0.5;
        if (milliseconds < FirstRounded) return (uint)milliseconds;
        var rounded = (BitConverter.SingleToUInt32Bits(seconds) + (1 << (DroppedBits - 1))) >> DroppedBits;
        return Math.Min(Math.Max(rounded, s_firstRounded) - s_firstRounded + FirstRounded, LastCode);
    }
}
