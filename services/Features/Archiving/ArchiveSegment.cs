using Recommender.Hosting.Archive;
using Recommender.Hosting.Artifacts;

namespace Recommender.Features.Archiving;

/// <summary>Records of one partition on their way to files, one for each day.</summary>
/// <param name="Log">Short name of the log.</param>
/// <param name="Type">Type of the records.</param>
/// <param name="Partition">The partition.</param>
/// <param name="From">First offset that the files stand for.</param>
/// <param name="To">Last offset, inclusive.</param>
/// <param name="Rows">The rows in the order of their offsets.</param>
/// <param name="LastDay">Day of the last record: where the file of a segment without rows goes.</param>
internal sealed record ArchiveSegment(string Log, string Type, int Partition, long From, long To, IReadOnlyList<ArchiveRow> Rows, DateOnly LastDay)
{
    // A historical import touches hundreds of days at once; syncing several files at a time shares the disk's flushes.
    private const int FilesAtOnce = 8;

    /// <summary>Writes the files. They count once all are there; writing them again gives the same files.</summary>
    /// <returns>How many files.</returns>
    public async Task<int> WriteAsync(string root, CancellationToken cancellationToken)
    {
        var days = Rows.GroupBy(r => r.Day).OrderBy(g => g.Key).Select(g => (Day: g.Key, Rows: (IReadOnlyCollection<ArchiveRow>)[.. g])).ToList();
        // Offsets whose records were rejected leave no row, but the chain of offsets must not break.
        if (days.Count == 0) days.Add((LastDay, []));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, days.Count, parallel, (i, _) =>
        {
            var file = new ArchiveFile(Type, days[i].Day, Log, Partition, From, To, i + 1, days.Count);
            AtomicFile.Write(Path.Combine(root, file.RelativePath), stream => Write(stream, days[i].Rows));
            return ValueTask.CompletedTask;
        });
        return days.Count;
    }

    private static void Write(Stream stream, IReadOnlyCollection<ArchiveRow> rows)
    {
        if (rows.Count == 0)
        {
            stream.Write(EmptyGzip.Member);
            return;
        }
        using var gzip = ArchiveRows.Pack(stream);
        using var buffer = new BufferedStream(gzip, 64 * 1024);
        foreach (var row in rows)
        {
            buffer.Write(row.Json.Span);
            buffer.WriteByte((byte)'\n');
        }
    }
}

/// <summary>One record of the archive.</summary>
/// <param name="Day">Day of what happened, UTC.</param>
/// <param name="Json">One JSON object without line ends, UTF-8.</param>
internal readonly record struct ArchiveRow(DateOnly Day, ReadOnlyMemory<byte> Json);
