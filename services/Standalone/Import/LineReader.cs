using System.IO.Compression;

namespace Recommender.Standalone.Import;

/// <summary>
/// Reads lines of a file, gzipped or not (its content decides, not its name), as bytes without line end; a byte order mark is left out. Memory is bounded by
/// the longest allowed line. Not for several threads.
/// </summary>
internal sealed class LineReader : IDisposable
{
    /// <summary>Longest line, in bytes. A longer one is reported as too long and skipped.</summary>
    public const int MaxLineBytes = 16 << 20;

    private readonly FileStream _file;
    private readonly Stream _content;
    private byte[] _buffer = new byte[128 * 1024];
    private int _start, _end;
    private bool _ended;

    /// <summary>Opens a file.</summary>
    public LineReader(string path)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024, FileOptions.SequentialScan);
        _content = IsGzip() ? new GZipStream(_file, CompressionMode.Decompress) : _file;
    }

    /// <summary>Number of the line last read, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>How far the file on disk has been read, in bytes.</summary>
    public long Position => _file.Position;

    /// <summary>Reads the next line; false at the end of the file.</summary>
    /// <param name="line">The line; valid until the next call.</param>
    /// <param name="isTooLong">The line was longer than allowed; <paramref name="line"/> is then empty.</param>
    /// <exception cref="InvalidDataException">The compressed file is damaged or cut off.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line, out bool isTooLong)
    {
        isTooLong = false;
        var scanned = 0;
        while (true)
        {
            var found = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = Take(scanned + found, isTooLong);
                _start++;
                return true;
            }
            if (_ended)
            {
                var any = isTooLong || _end > _start;
                line = any ? Take(_end - _start, isTooLong) : default;
                return any;
            }
            scanned = _end - _start;
            if (scanned >= MaxLineBytes)
            {
                isTooLong = true;
                scanned = _start = _end = 0;
            }
            Fill();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _content.Dispose();
        _file.Dispose();
    }

    private bool IsGzip()
    {
        Span<byte> magic = stackalloc byte[2];
        var read = _file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        _file.Position = 0;
        return read == magic.Length && magic is [0x1f, 0x8b];
    }

    private ReadOnlySpan<byte> Take(int length, bool isTooLong)
    {
        var line = _buffer.AsSpan(_start, length);
        _start += length;
        Number++;
        if (isTooLong) return default;
        if (line is [.., (byte)'\r']) line = line[..^1];
        return Number == 1 && line is [0xef, 0xbb, 0xbf, ..] ? line[3..] : line;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = _content.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _ended = read == 0;
    }
}
