using System.Buffers.Binary;

namespace Recommender.Serving.Api;

/// <summary>Makes the ids of answers: UUIDs of version 7, which begin with the time.</summary>
internal static class RequestIds
{
    /// <summary>
    /// A new id. Its 74 bits of chance are those of a generator that each thread seeds from the system once: that two are the same is as unlikely as when the
    /// system is asked for each of them, which takes longer, and nobody gains by guessing one.
    /// </summary>
    public static string New(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.Shared.NextBytes(bytes[6..]);
        Span<byte> time = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(time, now.ToUnixTimeMilliseconds());
        time[2..].CopyTo(bytes);
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
