using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Recommender.Training.Dataset;

/// <summary>A 64-bit hash of bytes, the same on every machine: files keep it.</summary>
internal static class Utf8Hash
{
    private const ulong Odd = 0x9E3779B97F4A7C15;

    /// <summary>Eight bytes a step, each spread over the whole word; the last step takes the last eight bytes, or all there are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length * Odd;
        if (bytes.Length < sizeof(ulong)) return Mix(Mix(hash ^ WordOf(bytes)));
        for (var at = 0; at < bytes.Length - sizeof(ulong); at += sizeof(ulong)) hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]));
        return Mix(Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..])));
    }

    /// <summary>The first eight bytes and the last eight, which overlap in a text of less than sixteen; of less than eight, all there are and 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (ulong First, ulong Last) EndsOf(ReadOnlySpan<byte> bytes) => bytes.Length < sizeof(ulong)
        ? (WordOf(bytes), 0)
        : (BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..]));

    private static ulong WordOf(ReadOnlySpan<byte> bytes)
    {
        var word = 0UL;
        foreach (var b in bytes) word = (word << 8) | b;
        return word;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value ^ Odd, 0xD6E8FEB86659FD93, out var low);
        return high ^ low;
    }
}
