using System.IO.Compression;

namespace Recommender.Hosting.Artifacts;

/// <summary>
/// Decompresses a gzip file of one or more members. The framework takes a file that was cut off between two of them, or has something else behind one, for one that
/// ended, so a last member is put behind the file: what it holds, the seal, comes out only if everything before it was whole.
/// </summary>
public static class SealedGzip
{
    /// <summary>What a file holds.</summary>
    /// <param name="file">Stays open.</param>
    /// <param name="seal">Comes last, if the file is whole; nothing that it could end with itself.</param>
    /// <returns>To be read to its end.</returns>
    /// <exception cref="InvalidDataException">While it is read: the file is damaged.</exception>
    public static Stream Decompress(FileStream file, ReadOnlySpan<byte> seal) => new GZipStream(new SealedStream(file, Compress(seal)), CompressionMode.Decompress);

    private static byte[] Compress(ReadOnlySpan<byte> seal)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest)) gzip.Write(seal);
        return bytes.ToArray();
    }

    private sealed class SealedStream(FileStream file, byte[] seal) : Stream
    {
        private int _sealAt;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            // The file's last byte comes together with the seal: where the seal came first, the framework would take it for a member whatever was before it.
            var before = file.Length - file.Position - 1;
            if (before > 0) return file.Read(buffer[..(int)Math.Min(buffer.Length, before)]);
            var last = file.Read(buffer[..Math.Min(buffer.Length, 1)]);
            var rest = seal.AsSpan(_sealAt);
            rest = rest[..Math.Min(rest.Length, buffer.Length - last)];
            rest.CopyTo(buffer[last..]);
            _sealAt += rest.Length;
            return last + rest.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
