using System.IO.Compression;
using Recommender.Hosting.Artifacts;

namespace Recommender.Hosting.Archive.Keeping;

/// <summary>Writes archive files again.</summary>
public static class RowFile
{
    /// <summary>Puts another file in the place of one, in one go: readers have the one or the other, whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">Hands over the rows of the new one.</param>
    public static void Replace(string path, Action<ArchiveRowHandler> rows) => AtomicFile.Write(path, stream => Write(stream, rows));

    /// <summary>Writes the content of a file.</summary>
    internal static void Write(Stream stream, Action<ArchiveRowHandler> rows)
    {
        var isEmpty = true;
        // It is written once and kept for years.
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))
        using (var buffer = new BufferedStream(gzip, 64 * 1024))
        {
            rows(row =>
            {
                buffer.Write(row);
                buffer.WriteByte((byte)'\n');
                isEmpty = false;
            });
        }
        if (isEmpty) stream.Write(EmptyGzip.Member);
    }
}
