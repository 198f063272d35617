using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;

namespace Recommender.Hosting.Archive;

/// <summary>Called with one row, without its line end. The span is valid only during the call.</summary>
/// <param name="row">One JSON object, UTF-8.</param>
public delegate void ArchiveRowHandler(ReadOnlySpan<byte> row);

/// <summary>Streams the rows of archive files.</summary>
public static class ArchiveRows
{
    // Of zlib's levels the first that weighs symbols by how often they come: as fast to write as level 1, in seven tenths of its bytes.
    private const int FreshLevel = 2;

    /// <summary>Packs rows that are written as they come; <see cref="Keeping.RowFile"/> packs those that are kept more tightly.</summary>
    /// <param name="file">Where to; stays open.</param>
    /// <returns>Takes the rows, each with its line end; to be disposed.</returns>
    public static Stream Pack(Stream file) => new GZipStream(file, new ZLibCompressionOptions { CompressionLevel = FreshLevel }, leaveOpen: true);

    /// <summary>Reads every row of a file in order.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static async Task ReadAsync(string root, ArchiveFile file, ArchiveRowHandler handle, CancellationToken cancellationToken)
    {
        await using var stream = new GZipStream(File.OpenRead(Path.Combine(root, file.RelativePath)), CompressionMode.Decompress);
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 256 * 1024));
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var rest = HandleLines(result.Buffer, handle);
            reader.AdvanceTo(rest.Start, rest.End);
            if (!result.IsCompleted) continue;
            if (!rest.IsEmpty) throw new InvalidDataException($"{file.RelativePath} ends in the middle of a row");
            return;
        }
    }

    /// <summary>Reads every row of a file in order, on the calling thread.</summary>
    /// <param name="path">A gzip file of rows.</param>
    /// <param name="handle">Takes each row.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static void Read(string path, ArchiveRowHandler handle, CancellationToken cancellationToken = default)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 128 * 1024, FileOptions.SequentialScan);
        Read(path, file, handle, cancellationToken);
    }

    /// <summary>Reads every row of a file in order, on the calling thread.</summary>
    /// <param name="name">Its name, for errors.</param>
    /// <param name="file">Its content, gzip.</param>
    /// <param name="handle">Takes each row.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static void Read(string name, Stream file, ArchiveRowHandler handle, CancellationToken cancellationToken = default)
    {
        using var stream = new GZipStream(file, CompressionMode.Decompress);
        var buffer = new byte[256 * 1024];
        var held = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = stream.Read(buffer.AsSpan(held));
            if (read == 0) break;
            held += read;
            var start = 0;
            while (buffer.AsSpan(start, held - start).IndexOf((byte)'\n') is >= 0 and var length)
            {
                handle(buffer.AsSpan(start, length));
                start += length + 1;
            }
            buffer.AsSpan(start, held - start).CopyTo(buffer);
            held -= start;
            if (held == buffer.Length) Array.Resize(ref buffer, checked(2 * buffer.Length));
        }
        if (held > 0) throw new InvalidDataException($"{Path.GetFileName(name)} ends in the middle of a row");
    }

    private static ReadOnlySequence<byte> HandleLines(ReadOnlySequence<byte> buffer, ArchiveRowHandler handle)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
        {
            if (line.IsSingleSegment) handle(line.FirstSpan);
            else handle(line.ToArray());
        }
        return buffer.Slice(reader.Position);
    }
}
