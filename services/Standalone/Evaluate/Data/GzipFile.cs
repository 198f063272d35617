using System.IO.Compression;
using System.Text;

namespace Recommender.Standalone.Evaluate.Data;

/// <summary>
/// Decompresses a gzip file of one or more members. The framework takes a file that was cut off for one that ended, so a last
/// member is put behind the file: what it holds comes out only if everything before it was whole.
/// </summary>
internal sealed class GzipFile(Stream file) : Stream
{
    /// <summary>The last line of a file that was whole: no id that anybody would use.</summary>
    public const string EndOfFile = "\0end";

    private static readonly byte[] Seal = Compress('\n' + EndOfFile);

    private int _sealAt;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The decompressed text, whose last line must be <see cref="EndOfFile"/>.</summary>
    public static Stream Decompress(Stream file) => new GZipStream(new GzipFile(file), CompressionMode.Decompress);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var read = file.Read(buffer);
        if (read > 0) return read;
        var rest = Seal.AsSpan(_sealAt);
        rest = rest[..Math.Min(rest.Length, buffer.Length)];
        rest.CopyTo(buffer);
        _sealAt += rest.Length;
        return rest.Length;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static byte[] Compress(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }
}
