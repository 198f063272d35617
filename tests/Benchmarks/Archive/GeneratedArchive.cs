using System.Buffers;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Recommender.Contracts.Json;
using Recommender.Hosting.Archive;
using Recommender.V1;

namespace Recommender.Tests.Benchmarks.Archive;

/// <summary>An archive as the services write it: rows of views and likes with ids of the usual length, in files of one partition and day.</summary>
internal static class GeneratedArchive
{
    private const int Partitions = 8;
    private const int RowsPerFile = 100_000;
    private static readonly DateTimeOffset s_start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes it; the same rows for the same numbers.</summary>
    /// <returns>Bytes of the rows before they were packed.</returns>
    public static long Write(string root, long events, int viewers, int videos)
    {
        var bytes = 0L;
        Parallel.For(0, Partitions, partition =>
        {
            var count = (events / Partitions) + (partition < events % Partitions ? 1 : 0);
            Interlocked.Add(ref bytes, WritePartition(root, partition, count, viewers, videos));
        });
        return bytes;
    }

    private static long WritePartition(string root, int partition, long count, int viewers, int videos)
    {
        var random = new Random(partition);
        var bytes = 0L;
        var time = s_start;
        var buffer = new ArrayBufferWriter<byte>();
        for (var from = 0L; from < count; from += RowsPerFile)
        {
            var rows = (int)Math.Min(RowsPerFile, count - from);
            var file = new ArchiveFile("view", DateOnly.FromDateTime(time.UtcDateTime), "log", partition, from, from + rows - 1, 1, 1);
            var path = Path.Combine(root, file.RelativePath);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var packed = File.Create(path);
            using var gzip = ArchiveRows.Pack(packed);
            for (var row = 0; row < rows; row++)
            {
                time = time.AddMilliseconds(random.Next(1, 40));
                // Popular videos are rare, and viewers belong to one partition.
                var viewer = (random.Next(viewers / Partitions) * Partitions) + partition;
                var video = (int)(videos * Math.Pow(random.NextDouble(), 3));
                buffer.ResetWrittenCount();
                buffer.Write(EventJson.Serialize(EventOf(random, viewer, video, time), Timestamp.FromDateTimeOffset(time.AddMilliseconds(random.Next(500)))));
                buffer.Write("\n"u8);
                gzip.Write(buffer.WrittenSpan);
                bytes += buffer.WrittenCount;
            }
        }

        return bytes;
    }

    private static Event EventOf(Random random, int viewer, int video, DateTimeOffset time)
    {
        Span<byte> id = stackalloc byte[16];
        random.NextBytes(id);
        var isView = random.Next(8) > 0;
        var e = new Event
        {
            EventId = new Guid(id).ToString(),
            Type = isView ? EventType.View : EventType.Like,
            UserId = string.Create(CultureInfo.InvariantCulture, $"user-{viewer:D8}"),
            VideoId = string.Create(CultureInfo.InvariantCulture, $"video-{video:D7}"),
            OccurredAt = Timestamp.FromDateTimeOffset(time),
            SessionId = string.Create(CultureInfo.InvariantCulture, $"s{viewer}-{time.Day}"),
        };
        if (isView) e.WatchTime = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(random.Next(60_000)));
        return e;
    }
}
