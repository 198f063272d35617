using System.Numerics;
using System.Runtime.InteropServices;
using Recommender.V1;

namespace Recommender.Hosting.Online;

/// <summary>
/// A viewer's newest interactions in as few bytes as is easy: the ids (<see cref="VideoIdColumn"/>), then for each interaction some bits for
/// type, time before the one above it, watch ratio and key. Type and time are in exponential Golomb codes, so that views and usual pauses are
/// short; ratios, which are whole 1/1024, in the bits that the span between the least and the greatest needs.
/// </summary>
internal static class InteractionColumns
{
    private const int Step = 1024; // of watch ratios
    private const int Exactly = 32; // bits of a ratio that is no multiple of the step
    private const byte Signed = 0x80;

    /// <summary>Writes interactions, at least one.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="interactions">The interactions, newest first.</param>
    /// <param name="newest">What the first time is told by, Unix milliseconds.</param>
    public static void Write(ByteWriter writer, List<RecentInteraction> interactions, long newest)
    {
        VideoIdColumn.Write(writer, interactions);
        var rows = CollectionsMarshal.AsSpan(interactions);
        writer.VarInt(newest - rows[0].OccurredAtMs);
        var (order, sign) = Times(rows);
        var (least, width) = Ratios(rows);
        writer.Byte((byte)(order | sign));
        writer.Byte((byte)width);
        writer.VarInt(least);
        var bits = new BitWriter(writer);
        for (var i = 0; i < rows.Length; i++)
        {
            ref readonly var row = ref rows[i];
            bits.Golomb((byte)(row.Type - 1), 0); // views are most of them
            if (i > 0) bits.Golomb(Delta(rows, i, sign), order);
            bits.Write(width == Exactly ? BitConverter.SingleToUInt32Bits(row.WatchRatio) : (ulong)((int)(row.WatchRatio * Step) - least), width);
            bits.Write(row.Key, RetryKey.Bits);
        }
        bits.Finish();
    }

    /// <summary>Reads as many interactions.</summary>
    public static void Read(ref ByteReader reader, List<RecentInteraction> interactions, int count, long newest, IKnownTexts? known)
    {
        // At least the key's bytes are there for each, so that damage cannot ask for absurd memory.
        CollectionsMarshal.SetCount(interactions, count);
        var rows = CollectionsMarshal.AsSpan(interactions);
        VideoIdColumn.Read(ref reader, rows, known);
        var at = newest - reader.VarInt();
        var (times, width) = (reader.Byte(), reader.Byte());
        var (order, isSigned, least) = (times & ~Signed, (times & Signed) != 0, reader.VarInt());
        if (order > 62 || width > Exactly) throw new InvalidDataException("an interaction's bits are out of range");
        var bits = reader.Bits();
        for (var i = 0; i < rows.Length; i++)
        {
            var type = (EventType)(byte)(bits.Golomb(0) + 1);
            if (i > 0) at -= isSigned ? FromZigzag(bits.Golomb(order)) : (long)bits.Golomb(order);
            var ratio = (uint)bits.Read(width);
            rows[i] = new RecentInteraction(
                rows[i].VideoId, type, at, width == Exactly ? BitConverter.UInt32BitsToSingle(ratio) : (float)(least + ratio) / Step, bits.Read(RetryKey.Bits))
            {
                Number = rows[i].Number,
            };
        }
        reader.SkipBits(bits);
    }

    /// <summary>The order of the code that suits the pauses, and whether some go back in time.</summary>
    private static (int Order, byte Sign) Times(ReadOnlySpan<RecentInteraction> rows)
    {
        var (lengths, sign) = (0, (byte)0);
        for (var i = 1; i < rows.Length; i++)
        {
            var delta = rows[i - 1].OccurredAtMs - rows[i].OccurredAtMs;
            if (delta < 0) sign = Signed;
            lengths += BitOperations.Log2((ulong)Math.Abs(delta) | 1) + 1;
        }
        return (rows.Length > 1 ? lengths / (rows.Length - 1) : 0, sign);
    }

    private static ulong Delta(ReadOnlySpan<RecentInteraction> rows, int i, byte sign)
    {
        var delta = rows[i - 1].OccurredAtMs - rows[i].OccurredAtMs;
        return sign == 0 ? (ulong)delta : (ulong)((delta << 1) ^ (delta >> 63));
    }

    private static long FromZigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    private static (int Least, int Width) Ratios(ReadOnlySpan<RecentInteraction> rows)
    {
        var (least, greatest) = (int.MaxValue, 0);
        foreach (ref readonly var row in rows)
        {
            var steps = row.WatchRatio * Step;
            if (!(steps is >= 0 and < 1 << 20) || steps != (int)steps) return (0, Exactly);
            (least, greatest) = (Math.Min(least, (int)steps), Math.Max(greatest, (int)steps));
        }
        return (least, greatest == least ? 0 : BitOperations.Log2((uint)(greatest - least)) + 1);
    }
}
