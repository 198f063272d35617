using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Recommender.Serving.Model;

/// <summary>Sixteen bytes that stand for an id: a short one of ASCII itself, of any other the length and a hash.</summary>
/// <param name="Low">The first eight.</param>
/// <param name="High">The others; the last byte is the length of a short id.</param>
internal readonly record struct IdKey(ulong Low, ulong High)
{
    /// <summary>Longest id that fits, in characters.</summary>
    private const int Longest = 15;

    private const ulong NotWhole = 0xFF;

    /// <summary>Whether equal keys are equal ids.</summary>
    public bool IsWhole => High >> 56 != NotWhole;

    /// <summary>The key of an id.</summary>
    public static IdKey Of(ReadOnlySpan<char> id)
    {
        Span<byte> bytes = stackalloc byte[Longest + 1];
        bytes.Clear();
        if (id.Length > Longest || Ascii.FromUtf16(id, bytes, out _) != OperationStatus.Done) return new IdKey((uint)string.GetHashCode(id), (NotWhole << 56) | (uint)id.Length);
        bytes[Longest] = (byte)id.Length;
        return new IdKey(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
    }

    /// <summary>Another one in each process, so that nobody can make ids that collide.</summary>
    public override int GetHashCode() => HashCode.Combine(Low, High);
}
