namespace Recommender.Hosting.Artifacts;

/// <summary>Files that are either there whole or not at all: written beside, flushed to disk, then renamed.</summary>
public static class AtomicFile
{
    /// <summary>Ending of files in the making. Readers ignore them; the next writer replaces them.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Writes a file through <paramref name="write"/> and puts it in place, replacing an older one.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = path + TemporarySuffix;
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 64 * 1024))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Writes bytes and puts them in place, replacing an older file.</summary>
    public static void WriteAllBytes(string path, ReadOnlyMemory<byte> bytes) => Write(path, stream => stream.Write(bytes.Span));
}
