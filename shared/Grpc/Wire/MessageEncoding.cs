using System.Buffers;
using System.IO.Compression;

namespace Grpc.Wire;

// The message encodings this runtime knows: identity and gzip.
internal static class MessageEncoding
{
    public const string Identity = "identity";
    public const string Gzip = "gzip";
    public const string Accepted = "identity,gzip";

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

    // Stops as soon as the output passes the limit: a small frame must not become a large allocation.
    public static void Decompress(ReadOnlySequence<byte> message, PooledBuffer output, int? limit)
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
            throw WireError.Malformed("A compressed message is not valid gzip.");
        }
    }
}
