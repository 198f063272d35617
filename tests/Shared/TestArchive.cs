using System.IO.Compression;
using System.Text;
using Recommender.Contracts.Json;
using Recommender.Hosting.Archive;
using Recommender.V1;

namespace Recommender.Tests.Shared;

/// <summary>Writes an archive as Features does: gzipped rows under names made of offsets.</summary>
public sealed class TestArchive(string root)
{
    private readonly Dictionary<(string Log, string Type, int Partition), long> _next = [];

    /// <summary>Folder of the archive.</summary>
    public string Root => root;

    /// <summary>Writes events into batches of at most <paramref name="rowsPerFile"/>, by type and partition, in their order.</summary>
    public void AddEvents(IEnumerable<Event> events, int rowsPerFile = 100_000, int partitions = 1, string log = "log")
    {
        foreach (var group in events.GroupBy(e => (Type: TypeOf(e.Type), Partition: StablePartition(e.UserId, partitions))))
            foreach (var batch in group.Chunk(rowsPerFile))
                Add(group.Key.Type, batch.Select(e => EventJson.Serialize(e)), group.Key.Partition, log);
    }

    /// <summary>Writes one batch of rows.</summary>
    public void Add(string type, IEnumerable<byte[]> rows, int partition = 0, string log = "log", int day = 1)
    {
        var all = rows.ToArray();
        var from = _next.GetValueOrDefault((log, type, partition));
        _next[(log, type, partition)] = from + all.Length;
        var file = new ArchiveFile(type, new DateOnly(2026, 11, day), log, partition, from, from + all.Length - 1, 1, 1);
        var path = Path.Combine(root, file.RelativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var stream = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        foreach (var row in all)
        {
            stream.Write(row);
            stream.WriteByte((byte)'\n');
        }
    }

    /// <summary>Writes one batch of rows given as text.</summary>
    public void Add(string type, params IEnumerable<string> rows) => Add(type, rows.Select(Encoding.UTF8.GetBytes));

    private static string TypeOf(EventType type) => type switch
    {
        EventType.View => "view",
        EventType.Like => "like",
        EventType.Share => "share",
        _ => "feedback",
    };

    private static int StablePartition(string userId, int partitions) => (int)(userId.Aggregate(17u, (h, c) => (h * 31) + c) % (uint)partitions);
}
