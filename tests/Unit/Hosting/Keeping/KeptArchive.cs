using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Recommender.Features.Archiving;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Archive.Keeping;

namespace Recommender.Tests.Unit.Hosting.Keeping;

/// <summary>An archive in a folder of its own, written as Features does, with what must be in it.</summary>
internal sealed class KeptArchive : IDisposable
{
    public const string Log = "L";
    private readonly Dictionary<(string Type, int Partition), long> _next = [];
    private readonly Dictionary<string, (string Type, string User, DateOnly Day, DateTimeOffset At)> _rows = [];
    private readonly Dictionary<string, DateTimeOffset> _wishes = [];

    public static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public string Root { get; } = Directory.CreateTempSubdirectory("kept-").FullName;

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>Writes a batch of events.</summary>
    public ArchiveSegment Add(string type, int partition, params IEnumerable<(string User, DateTimeOffset At)> rows)
    {
        var from = _next.GetValueOrDefault((type, partition));
        var archived = new List<ArchiveRow>();
        foreach (var (user, at) in rows)
        {
            var row = string.Create(CultureInfo.InvariantCulture,
                $"{{\"event_id\":\"{type}-{partition}-{from + archived.Count}\",\"type\":\"{type}\",\"user_id\":\"{user}\",\"video_id\":\"v\",\"occurred_at\":\"{at:yyyy-MM-ddTHH:mm:ss.fffZ}\"}}");
            var day = DateOnly.FromDateTime(at.UtcDateTime);
            _rows.Add(row, (type, user, day, at));
            archived.Add(new ArchiveRow(day, Encoding.UTF8.GetBytes(row)));
        }
        var segment = new ArchiveSegment(Log, type, partition, from, from + Math.Max(archived.Count, 1) - 1, archived, DateOnly.FromDateTime(Start.UtcDateTime));
        _next[(type, partition)] = segment.To + 1;
        segment.WriteAsync(Root, CancellationToken.None).GetAwaiter().GetResult();
        return segment;
    }

    /// <summary>Archives a wish to be forgotten.</summary>
    public void Forget(string user, DateTimeOffset at)
    {
        var from = _next.GetValueOrDefault((ErasureLog.Type, 0));
        var row = string.Create(CultureInfo.InvariantCulture, $"{{\"erasure_id\":\"e{from}\",\"user_id\":\"{user}\",\"requested_at\":\"{at:O}\"}}");
        _next[(ErasureLog.Type, 0)] = from + 1;
        _wishes[user] = _wishes.TryGetValue(user, out var before) && before > at ? before : at;
        new ArchiveSegment(Log, ErasureLog.Type, 0, from, from, [new ArchiveRow(DateOnly.FromDateTime(at.UtcDateTime), Encoding.UTF8.GetBytes(row))], default)
            .WriteAsync(Root, CancellationToken.None).GetAwaiter().GetResult();
    }

    public KeepingReport Keep(KeepingRules? rules = null, DateTimeOffset? now = null, CancellationToken cancellationToken = default)
    {
        using var held = ArchiveLock.TryTake(Root);
        Assert.NotNull(held);
        return ArchiveKeeper.Run(Root, rules ?? new KeepingRules { Grace = TimeSpan.Zero, CompactFiles = 0 }, now ?? DateTimeOffset.MaxValue.AddYears(-1), cancellationToken);
    }

    public IReadOnlyList<string> Read(string type)
    {
        var rows = new List<string>();
        foreach (var file in ArchiveCatalog.Load(Root).Files(type)) ArchiveRows.Read(Path.Combine(Root, file.RelativePath), row => rows.Add(Encoding.UTF8.GetString(row)));
        return rows;
    }

    /// <summary>Readers find each row once, those of forgotten viewers perhaps, and none twice, whatever is going on.</summary>
    public void AssertReadable()
    {
        foreach (var type in _rows.Values.Select(r => r.Type).Distinct())
        {
            var read = Read(type);
            Assert.Equal(read.Count, read.Distinct().Count());
            Assert.Empty(_rows.Where(r => r.Value.Type == type && !IsForgotten(r.Key)).Select(r => r.Key).Except(read));
            Assert.Empty(read.Except(_rows.Keys));
        }
    }

    /// <summary>No file has a row of a forgotten viewer, each row lies under its day, and the manifests say what is there.</summary>
    public void AssertKept()
    {
        AssertReadable();
        foreach (var path in Directory.EnumerateFiles(Root, "*" + ArchiveFile.Extension, SearchOption.AllDirectories))
        {
            var file = ArchiveFile.Parse(Path.GetRelativePath(Root, path))!;
            if (file.Type == ErasureLog.Type) continue;
            ArchiveRows.Read(path, row =>
            {
                var text = Encoding.UTF8.GetString(row);
                Assert.False(IsForgotten(text), text);
                Assert.Equal(file.Day, _rows[text].Day);
            });
        }
        foreach (var day in ArchiveCatalog.Load(Root).Files().GroupBy(f => (f.Type, f.Day)))
        {
            var manifest = DayManifest.Read(Path.Combine(Root, DayManifest.FolderOf(day.Key.Type, day.Key.Day)))!;
            Assert.Equal(day.Select(f => Path.GetFileName(f.RelativePath)).Order(StringComparer.Ordinal), manifest.Files.Select(f => f.Name));
            foreach (var (file, entry) in day.OrderBy(f => Path.GetFileName(f.RelativePath), StringComparer.Ordinal).Zip(manifest.Files))
            {
                var path = Path.Combine(Root, file.RelativePath);
                var rows = 0L;
                ArchiveRows.Read(path, _ => rows++);
                Assert.Equal((rows, new FileInfo(path).Length, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))), (entry.Rows, entry.Bytes, entry.Sha256));
                if (entry.Parts is not { } parts) continue;
                Assert.Equal(rows, ManifestParts.Decode(parts).Sum(p => p.Rows));
                Assert.True(ManifestParts.Decode(parts)[^1].To <= file.To);
            }
            Assert.Equal(manifest.Files.Sum(f => f.Rows), manifest.Rows);
        }
    }

    private bool IsForgotten(string row) => _wishes.TryGetValue(_rows[row].User, out var wish) && _rows[row].At <= wish;
}
