using System.Buffers.Binary;
using System.IO.Compression;

namespace Recommender.Training.Dataset;

/// <summary>Reads archive files of events into columns.</summary>
internal static class EventFileReader
{
    // What is unpacked at once stays in the processor's cache until it is read.
    private const int BlockBytes = 128 * 1024;

    /// <summary>Reads a file.</summary>
    /// <param name="path">A gzip file of rows.</param>
    /// <param name="columns">Receives its events; what was in it is forgotten.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static void Read(string path, EventColumns columns, CancellationToken cancellationToken)
    {
        columns.Clear();
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
        if (file.Length == 0) throw new InvalidDataException($"{Path.GetFileName(path)} is empty, which also a file of no rows is not");
        var expected = LengthOfRows(file);
        using var stream = new GZipStream(file, CompressionMode.Decompress);
        using var rows = new EventRowSink(columns, cancellationToken);
        // Reading from it would unpack eight kilobytes at a time, and copy the last 32 of the rows for each of them.
        stream.CopyTo(rows, BlockBytes);
        if (rows.IsWithinRow) throw new InvalidDataException($"{Path.GetFileName(path)} ends in the middle of a row");
        if ((uint)rows.Length != expected) throw new InvalidDataException($"{Path.GetFileName(path)} has {rows.Length} bytes of rows, but says that it has {expected}");
    }

    // What a gzip file ends with: the length of its content, modulo 2^32.
    private static uint LengthOfRows(FileStream file)
    {
        Span<byte> length = stackalloc byte[sizeof(uint)];
        length.Clear();
        if (file.Length >= length.Length)
        {
            file.Seek(-length.Length, SeekOrigin.End);
            file.ReadExactly(length);
            file.Seek(0, SeekOrigin.Begin);
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(length);
    }
}
