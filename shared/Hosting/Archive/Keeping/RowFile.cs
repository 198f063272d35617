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

    /// <summary>Writes a file that is to be put in place later.</summary>
    /// <returns>Its path.</returns>
    internal static string Stage(string path, Action<ArchiveRowHandler> rows)
    {
        var temporary = path + AtomicFile.TemporarySuffix;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 64 * 1024);
        Write(stream, rows);
        stream.Flush(flushToDisk: true);
        return temporary;
    }

    private static void Write(Stream stream, Action<ArchiveRowHandler> rows)
    {
        // It is written once and kept for years.
        using var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        using var buffer = new BufferedStream(gzip, 64 * 1024);
        rows(row =>
        {
            buffer.Write(row);
            buffer.WriteByte((byte)'\n');
        });
    }
}
