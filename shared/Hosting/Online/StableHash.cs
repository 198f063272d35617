using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Recommender.Hosting.Online;

/// <summary>64-bit hashes that mean the same in every process and version, since they are stored.</summary>
public static class StableHash
{
    /// <summary>The first eight bytes of the SHA-256 of the UTF-8 text: ids come from callers, who must not be able to make them collide.</summary>
    public static ulong Of(string text)
    {
        Span<byte> bytes = stackalloc byte[512];
        return Encoding.UTF8.TryGetBytes(text, bytes, out var length) ? Of(bytes[..length]) : Of(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>As the other one, of text that is UTF-8 already.</summary>
    public static ulong Of(ReadOnlySpan<byte> utf8)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
