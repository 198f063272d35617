using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Recommender.Hosting.Archive;
using Recommender.V1;

namespace Recommender.Training.Dataset;

/// <summary>
/// Keeps the columns of an archive file beside it, so that later readings need neither unpack nor parse it. It is derived: where it is missing,
/// damaged, of another version, or not made from just this file (length and the checksum that ends every gzip file), the columns are read
/// anew. Little-endian: the numbers of <see cref="Header"/>, ids of viewers and videos, then column after column.
/// </summary>
internal static class EventColumnsFile
{
    /// <summary>What is added to the archive file's name.</summary>
    public const string Extension = ArchiveFile.ColumnsExtension;

    private const string Temporary = ".tmp";
    private const ulong Magic = 0x33534C4F43434552; // "RECCOLS3"

    /// <summary>Reads the columns of an archive file, if they are there and right.</summary>
    public static bool TryRead(string archivePath, EventColumns columns)
    {
        try
        {
            if (!File.Exists(archivePath + Extension)) return false;
            using var file = new FileStream(archivePath + Extension, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.SequentialScan);
            var header = default(Header);
            file.ReadExactly(MemoryMarshal.AsBytes(new Span<Header>(ref header)));
            var (length, trailer) = SourceOf(archivePath);
            if (header.Magic != Magic || header.SourceLength != length || header.SourceTrailer != trailer || !header.Fits(file.Length)) return false;
            columns.Clear();
            columns.Resize(header.Events);
            columns.Unreadable = header.Unreadable;
            (columns.OfAuthors[EventType.MuteAuthor], columns.OfAuthors[EventType.UnmuteAuthor]) = (header.Mutes, header.Unmutes);
            (columns.OfAuthors[EventType.FollowAuthor], columns.OfAuthors[EventType.UnfollowAuthor]) = (header.Follows, header.Unfollows);
            var sum = header.Sum();
            var (viewerBytes, viewerEnds) = columns.ViewerIds.Replace(header.Viewers, header.ViewerBytes);
            var (videoBytes, videoEnds) = columns.VideoIds.Replace(header.Videos, header.VideoBytes);
            Take(viewerEnds.Span);
            Take(viewerBytes.Span);
            Take(videoEnds.Span);
            Take(videoBytes.Span);
            Take(columns.Viewers.AsSpan(0, columns.Count));
            Take(columns.Videos.AsSpan(0, columns.Count));
            Take(columns.Times.AsSpan(0, columns.Count));
            Take(columns.Earliest.AsSpan(0, columns.Count));
            Take(columns.WatchSeconds.AsSpan(0, columns.Count));
            Take(columns.EventIds.AsSpan(0, columns.Count));
            Take(columns.Signals.AsSpan(0, columns.Count));
            return sum == header.Checksum;

            void Take<T>(Span<T> values)
                where T : unmanaged
            {
                var bytes = MemoryMarshal.AsBytes(values);
                file.ReadExactly(bytes);
                sum = Sum(sum, bytes);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// Keeps the columns of an archive file. Not flushed to the disk: what a power cut leaves of it does not match its checksum. Where the file was replaced
    /// since it was read, since a viewer's rows were removed from it, nothing is kept.
    /// </summary>
    /// <param name="archivePath">The archive file.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="source">What the file was before it was read, see <see cref="SourceOf"/>.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string archivePath, EventColumns columns, (long Length, ulong Trailer) source)
    {
        var (length, trailer) = source;
        var header = new Header
        {
            Magic = Magic,
            SourceLength = length,
            SourceTrailer = trailer,
            Unreadable = columns.Unreadable,
            Mutes = columns.OfAuthors[EventType.MuteAuthor],
            Unmutes = columns.OfAuthors[EventType.UnmuteAuthor],
            Follows = columns.OfAuthors[EventType.FollowAuthor],
            Unfollows = columns.OfAuthors[EventType.UnfollowAuthor],
            Events = columns.Count,
            Viewers = columns.ViewerIds.Count,
            ViewerBytes = columns.ViewerIds.Bytes.Length,
            Videos = columns.VideoIds.Count,
            VideoBytes = columns.VideoIds.Bytes.Length,
        };
        header.Checksum = header.Sum();
        using (var file = new FileStream(archivePath + Extension + Temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1))
        {
            file.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<Header>(ref header)));
            Put(columns.ViewerIds.Ends);
            Put(columns.ViewerIds.Bytes);
            Put(columns.VideoIds.Ends);
            Put(columns.VideoIds.Bytes);
            Put<int>(columns.Viewers.AsSpan(0, columns.Count));
            Put<int>(columns.Videos.AsSpan(0, columns.Count));
            Put<long>(columns.Times.AsSpan(0, columns.Count));
            Put<long>(columns.Earliest.AsSpan(0, columns.Count));
            Put<float>(columns.WatchSeconds.AsSpan(0, columns.Count));
            Put<ulong>(columns.EventIds.AsSpan(0, columns.Count));
            Put<byte>(columns.Signals.AsSpan(0, columns.Count));
            file.Position = 0;
            file.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<Header>(ref header)));

            void Put<T>(ReadOnlySpan<T> values)
                where T : unmanaged
            {
                var bytes = MemoryMarshal.AsBytes(values);
                file.Write(bytes);
                header.Checksum = Sum(header.Checksum, bytes);
            }
        }

        File.Move(archivePath + Extension + Temporary, archivePath + Extension, overwrite: true);
        if (SourceOf(archivePath) != source) File.Delete(archivePath + Extension);
    }

    /// <summary>Deletes the columns of archive files that are no more.</summary>
    public static void DeleteOrphans(string root)
    {
        if (!Directory.Exists(root)) return;
        foreach (var path in Directory.EnumerateFiles(root, "*" + Extension, SearchOption.AllDirectories).Where(p => !File.Exists(p[..^Extension.Length])).ToArray())
            File.Delete(path);
    }

    /// <summary>What tells an archive file from the one that may take its place: its length, and the checksum and length of its rows, which end a gzip file.</summary>
    public static (long Length, ulong Trailer) SourceOf(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        Span<byte> trailer = stackalloc byte[sizeof(ulong)];
        trailer.Clear();
        file.Seek(-Math.Min(file.Length, trailer.Length), SeekOrigin.End);
        file.ReadAtLeast(trailer, trailer.Length, throwOnEndOfStream: false);
        return (file.Length, BinaryPrimitives.ReadUInt64LittleEndian(trailer));
    }

    // Two CRC-32C, of the even and the odd words, side by side.
    private static ulong Sum(ulong before, ReadOnlySpan<byte> bytes)
    {
        var (even, odd) = ((uint)before, (uint)(before >> 32));
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        var i = 0;
        for (; i + 1 < words.Length; i += 2)
        {
            even = BitOperations.Crc32C(even, words[i]);
            odd = BitOperations.Crc32C(odd, words[i + 1]);
        }

        foreach (var b in bytes[(i * sizeof(ulong))..]) even = BitOperations.Crc32C(even, b);
        return ((ulong)odd << 32) | even;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public ulong Magic;
        public ulong Checksum;
        public long SourceLength;
        public ulong SourceTrailer;
        public long Unreadable;
        public long Mutes;
        public long Unmutes;
        public long Follows;
        public long Unfollows;
        public int Events;
        public int Viewers;
        public int ViewerBytes;
        public int Videos;
        public int VideoBytes;
        public int Unused;

        public readonly bool Fits(long length) => Math.Min(Math.Min(Math.Min(Events, Viewers), Math.Min(ViewerBytes, Videos)), VideoBytes) >= 0 && Length == length;

        private readonly long Length =>
            Marshal.SizeOf<Header>() + ViewerBytes + VideoBytes + (sizeof(int) * ((long)Viewers + Videos))
            + (Events * (long)(sizeof(int) + sizeof(int) + sizeof(long) + sizeof(long) + sizeof(float) + sizeof(ulong) + sizeof(byte)));

        public readonly ulong Sum()
        {
            var copy = this with { Checksum = 0 };
            return EventColumnsFile.Sum(0, MemoryMarshal.AsBytes(new ReadOnlySpan<Header>(ref copy)));
        }
    }
}
