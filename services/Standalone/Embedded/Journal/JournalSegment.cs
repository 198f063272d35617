using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Recommender.Hosting.Kafka;

namespace Recommender.Standalone.Embedded.Journal;

/// <summary>One file of the journal while this process writes it, and what is in it.</summary>
internal sealed partial class JournalSegment : IDisposable
{
    private const int OpenReadOnly = 0;

    private readonly SafeFileHandle _file;
    private readonly Dictionary<(string Topic, int Partition), long> _ends = [];

    private JournalSegment(string path, SafeFileHandle file) => (Path, _file) = (path, file);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its length.</summary>
    public long Bytes { get; private set; }

    /// <summary>Makes a new file, whose name is on disk as well.</summary>
    /// <exception cref="IOException">That failed.</exception>
    public static JournalSegment Create(string path)
    {
        var segment = new JournalSegment(path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read));
        try
        {
            segment.Write(JournalFrames.Mark);
            SyncDirectory(System.IO.Path.GetDirectoryName(path)!);
            return segment;
        }
        catch
        {
            segment.Dispose();
            throw;
        }
    }

    /// <summary>Appends records; returns when the disk has them.</summary>
    /// <exception cref="IOException">That failed; nothing more may be appended then.</exception>
    public void Append(ReadOnlySpan<byte> frames, IEnumerable<RecordPosition> positions)
    {
        foreach (var (topic, partition, offset) in positions)
        {
            ref var end = ref CollectionsMarshal.GetValueRefOrAddDefault(_ends, (topic, partition), out _);
            end = Math.Max(end, offset + 1);
        }
        Write(frames);
    }

    /// <summary>Whether all that is in it is finished.</summary>
    public bool IsCovered(IReadOnlyDictionary<(string Topic, int Partition), long> finished) =>
        _ends.All(e => finished.GetValueOrDefault(e.Key) >= e.Value);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private void Write(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file, bytes, Bytes);
        RandomAccess.FlushToDisk(_file);
        Bytes += bytes.Length;
    }

    /// <summary>A new file is in its folder for good only when the folder is on disk, too; .NET has no call for that.</summary>
    private static void SyncDirectory(string path)
    {
        var folder = OpenFile(path, OpenReadOnly);
        if (folder < 0) throw new IOException($"The folder {path} can't be opened (error {Marshal.GetLastPInvokeError()}).");
        var result = SyncFile(folder);
        var error = Marshal.GetLastPInvokeError();
        _ = CloseFile(folder);
        if (result != 0) throw new IOException($"The folder {path} can't be written to disk (error {error}).");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncFile(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseFile(int file);
}
