using System.Buffers;
using System.Buffers.Binary;

namespace Recommender.Hosting.Online;

/// <summary>Ids that are UUIDs in their usual form (RFC 9562: lower-case, with hyphens), in 16 bytes each.</summary>
internal static class UuidColumn
{
    private const int Length = 36;
    private const int Bytes = 16;
    private static readonly SearchValues<char> s_characters = SearchValues.Create("0123456789abcdef-");

    /// <summary>Whether every id is one.</summary>
    public static bool Fits(List<RecentInteraction> interactions)
    {
        foreach (var interaction in interactions)
            if (!Is(interaction.VideoId)) return false;
        return true;
    }

    /// <summary>Writes the ids.</summary>
    public static void Write(ByteWriter writer, List<RecentInteraction> interactions)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        foreach (var interaction in interactions)
        {
            _ = Guid.ParseExact(interaction.VideoId, "D").TryWriteBytes(bytes);
            writer.UInt64(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            writer.UInt64(BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
        }
    }

    /// <summary>Reads as many ids.</summary>
    public static void Read(ref ByteReader reader, Span<RecentInteraction> ids, IKnownTexts? known)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        Span<char> text = stackalloc char[Length];
        foreach (ref var id in ids)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, reader.UInt64());
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], reader.UInt64());
            _ = new Guid(bytes).TryFormat(text, out _, "D");
            id = VideoIdColumn.Make(text, known);
        }
    }

    // Parsing alone takes other forms as well, which would not come back as they were.
    private static bool Is(string id) => id.Length == Length && !id.AsSpan().ContainsAnyExcept(s_characters) && Guid.TryParseExact(id, "D", out _);
}
