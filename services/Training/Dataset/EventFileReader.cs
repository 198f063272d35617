using System.Buffers;
using System.IO.Compression;

namespace Recommender.Training.Dataset;

/// <summary>Reads archive files of events into columns: plain rows at once, others by the general reader. Not safe for concurrent use.</summary>
internal sealed class EventFileReader
{
    private readonly EventLineScanner _scanner = new();
    private readonly EventRowReader _general = new();

    /// <summary>Reads a file.</summary>
    /// <param name="path">A gzip file of rows.</param>
    /// <param name="columns">Receives its events; what was in it is forgotten.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public void Read(string path, EventColumns columns, CancellationToken cancellationToken)
    {
        columns.Clear();
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 128 * 1024, FileOptions.SequentialScan);
        using var stream = new GZipStream(file, CompressionMode.Decompress);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var held = 0;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = stream.Read(buffer.AsSpan(held));
                if (read == 0) break;
                held += read;
                var rest = ReadRows(buffer.AsSpan(0, held), columns);
                if (rest > 0) buffer.AsSpan(held - rest, rest).CopyTo(buffer);
                held = rest;
                if (held == buffer.Length) buffer = Longer(buffer);
            }

            if (held > 0) throw new InvalidDataException($"{Path.GetFileName(path)} ends in the middle of a row");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The number of bytes after the last whole row.
    private int ReadRows(ReadOnlySpan<byte> bytes, EventColumns columns)
    {
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            var row = bytes[..end];
            if (!_scanner.TryAdd(row, columns))
            {
                if (_general.TryRead(row)) columns.Add(_general);
                else columns.Unreadable++;
            }

            bytes = bytes[(end + 1)..];
        }

        return bytes.Length;
    }

    private static byte[] Longer(byte[] buffer)
    {
        var longer = ArrayPool<byte>.Shared.Rent(checked(2 * buffer.Length));
        buffer.CopyTo(longer, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return longer;
    }
}
