using System.Globalization;
using System.Text.Json;
using Recommender.Contracts.Json;

namespace Recommender.Hosting.Archive.Keeping;

/// <summary>The archived wishes to be forgotten, in the order of their offsets.</summary>
public sealed class ErasureLog
{
    /// <summary>The record type.</summary>
    public const string Type = "erasure";

    private readonly Dictionary<string, List<Erasure>> _byPartition = new(StringComparer.Ordinal);

    /// <summary>All of them by viewer.</summary>
    public ErasureTable Table { get; } = new();

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>How many there are by <c>log/partition</c>.</summary>
    public IReadOnlyDictionary<string, long> Counts => _byPartition.ToDictionary(p => p.Key, p => (long)p.Value.Count);

    /// <summary>Reads them.</summary>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    /// <exception cref="IOException">A file is gone, or can't be read.</exception>
    public static ErasureLog Read(ArchiveCatalog archive)
    {
        ArgumentNullException.ThrowIfNull(archive);
        var log = new ErasureLog();
        foreach (var file in archive.FilesByLog(Type))
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{file.Log}/{file.Partition}");
            if (!log._byPartition.TryGetValue(key, out var rows)) log._byPartition.Add(key, rows = []);
            // Small, and looked at again and again.
            if (archive.Find(file) is not { } listed || archive.Store.Read(listed) is not { } content) throw new FileNotFoundException($"{file.RelativePath} is not there any more", file.RelativePath);
            ArchiveRows.Read(file.RelativePath, new MemoryStream(content, writable: false), row => log.Add(rows, row));
        }
        return log;
    }

    /// <summary>The wishes behind the first ones of each <c>log/partition</c>, up to other ones.</summary>
    public IEnumerable<Erasure> Between(IReadOnlyDictionary<string, long> after, IReadOnlyDictionary<string, long> until) => _byPartition.SelectMany(p =>
    {
        var from = (int)after.GetValueOrDefault(p.Key);
        return p.Value.Skip(from).Take((int)until.GetValueOrDefault(p.Key) - from);
    });

    private void Add(List<Erasure> rows, ReadOnlySpan<byte> row)
    {
        try
        {
            if (JsonSerializer.Deserialize(row, RecordJson.Default.Erasure) is not { UserId.Length: > 0 } erasure) return;
            rows.Add(erasure);
            Table.Add(erasure.UserId, erasure.RequestedAt);
            Count++;
        }
        catch (JsonException)
        {
            // Features archives only what it could read; whoever put something else here has not asked for anything.
        }
    }
}
