using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Grpc.Core;

namespace Grpc.Wire;

// The message encodings this runtime knows: identity and gzip.
internal static class MessageEncoding
{
    public const string Identity = "identity";
    public const string Gzip = "gzip";
    public const string Accepted = "identity,gzip";

    // A header of 10 bytes, an empty block, a trailer of 8.
    private const int MinimumGzip = 20;
    private const int ChunkSize = 16 * 1024;

    // Whether a peer's list such as "identity, gzip,deflate" names the encoding.
    public static bool Lists(ReadOnlySpan<char> accepted, ReadOnlySpan<char> encoding)
    {
        foreach (var range in accepted.Split(','))
            if (accepted[range].Trim().Equals(encoding, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    public static void Compress(ReadOnlySpan<byte> message, PooledBuffer output, CompressionLevel level)
    {
        using var gzip = new GZipStream(new BufferWriterStream(output), level);
        gzip.Write(message);
    }

    // Stops as soon as the output passes the limit: a small frame must not become a large allocation. No bytes at
    // all are the empty message, which some peers compress to that.
    public static void Decompress(ReadOnlySequence<byte> message, PooledBuffer output, int? limit)
    {
        if (message.IsEmpty)
            return;
        Inflate(message, output, limit);
        if (message.Length < MinimumGzip || DeclaredLength(message) != (uint)output.Length)
            throw NotGzip();
    }

    private static void Inflate(ReadOnlySequence<byte> message, PooledBuffer output, int? limit)
    {
        try
        {
            using var gzip = new GZipStream(new SequenceStream(message), CompressionMode.Decompress);
            while (true)
            {
                var read = gzip.Read(output.GetSpan(ChunkSize)[..ChunkSize]);
                if (read == 0)
                    return;
                output.Advance(read);
                if (output.Length > limit)
                    throw WireError.TooLarge($"The decompressed message exceeds {limit} bytes.");
            }
        }
        catch (InvalidDataException)
        {
            throw NotGzip();
        }
    }

    // The stream takes a truncated input for a complete one, but gzip ends with the length of what it holds.
    private static uint DeclaredLength(ReadOnlySequence<byte> message)
    {
        Span<byte> length = stackalloc byte[sizeof(uint)];
        message.Slice(message.Length - sizeof(uint)).CopyTo(length);
        return BinaryPrimitives.ReadUInt32LittleEndian(length);
    }

    private static RpcException NotGzip() => WireError.Malformed("A compressed message is not valid gzip.");
}
