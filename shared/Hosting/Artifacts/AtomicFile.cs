namespace Recommender.Hosting.Artifacts;

/// <summary>Files that are either there whole or not at all: written beside, flushed to disk, then renamed.</summary>
public static class AtomicFile
{
    /// <summary>Ending of files in the making. Readers ignore them; the next writer replaces them.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Writes a file through <paramref name="write"/> and puts it in place, replacing an older one.</summary>
    public static void Write(string path, Action<Stream> write) => File.Move(WriteBeside(path, write), path, overwrite: true);

    /// <summary>Writes a file that is to take the place of <paramref name="path"/>, beside it and whole on disk; moving it there is left to the caller.</summary>
    /// <returns>The path of what was written.</returns>
    public static string WriteBeside(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = path + TemporarySuffix;
        using var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 64 * 1024);
        try
        {
            write(stream);
            stream.Flush(flushToDisk: true);
            return temporary;
        }
        catch
        {
            // On a full disk it would take the room that others need.
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes bytes and puts them in place, replacing an older file.</summary>
    public static void WriteAllBytes(string path, ReadOnlyMemory<byte> bytes) => Write(path, stream => stream.Write(bytes.Span));
}
