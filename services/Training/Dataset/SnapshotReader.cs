using System.Collections.Concurrent;
using System.Globalization;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Archive.Keeping;
using Recommender.Hosting.Artifacts;

namespace Recommender.Training.Dataset;

/// <summary>Reads the archive into a <see cref="Snapshot"/>, streaming: no event becomes an object.</summary>
internal sealed class SnapshotReader(StorageOptions storage, TimeProvider time, ILogger<SnapshotReader> logger, ArchiveFetch? fetch = null)
{
    private static readonly string[] s_events = ["view", "like", "share", "feedback"];

    private const int Attempts = 3;
    private const string Catalog = "catalog";
    private const string Erasure = "erasure";

    /// <summary>Whether archive files of a type hold what viewers did.</summary>
    public static bool IsOfEvents(string type) => s_events.Contains(type);

    /// <summary>Events archived so far, by their offsets: cheap, since only names of files are read.</summary>
    public long CountArchivedEvents() => CountEvents(ArchiveCatalog.Load(storage.ArchivePath));

    /// <summary>The wishes to be forgotten that are archived now.</summary>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public ErasureTable ReadErasures() => ErasureLog.Read(ArchiveCatalog.Load(storage.ArchivePath, f => f.Type == Erasure)).Table;

    /// <summary>Reads everything that is archived now.</summary>
    /// <param name="progress">Told the share of bytes read, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidDataException">A file is damaged; the message names it.</exception>
    public Task<Snapshot> ReadAsync(Action<double> progress, CancellationToken cancellationToken) => ReadAsync(progress, keep: null, cancellationToken);

    /// <summary>Reads the archive as if only some files were there.</summary>
    /// <inheritdoc cref="ReadAsync(Action{double}, CancellationToken)"/>
    public async Task<Snapshot> ReadAsync(Action<double> progress, Func<ArchiveFile, bool>? keep, CancellationToken cancellationToken)
    {
        if (fetch is not null) await fetch.RefreshAsync(cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadOnceAsync(progress, keep, cancellationToken);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && attempt < Attempts)
            {
                // Files that were merged are kept for a while, but not for readers who take longer than that.
                SnapshotLog.ListedAnew(logger, e.Message);
            }
        }
    }

    private async Task<Snapshot> ReadOnceAsync(Action<double> progress, Func<ArchiveFile, bool>? keep, CancellationToken cancellationToken)
    {
        var takenAt = time.GetUtcNow();
        var archive = ArchiveCatalog.Load(storage.ArchivePath, keep);
        var events = archive.Files(s_events);
        var meter = new ByteMeter(archive, [.. archive.Files(Catalog), .. archive.Files(Erasure), .. events], progress);

        var (rows, unreadable, ofAuthors) = (0L, 0L, new AuthorEventCounts());
        var videos = new VideoTable();
        await ReadFilesAsync(
            archive, archive.FilesByLog(Catalog), meter, file => row => unreadable += videos.TryAdd(row, ArchivedCatalogRow.AgeOf(row, file)) ? 0 : 1, cancellationToken);
        var erasures = new ErasureTable();
        await ReadFilesAsync(archive, archive.Files(Erasure), meter, _ => row => unreadable += erasures.TryAdd(row) ? 0 : 1, cancellationToken);
        var archived = CountEvents(archive);
        var builder = new EventDatasetBuilder(videos, erasures);
        await Task.Run(() => ReadEvents(archive, events, meter, builder, Count, cancellationToken), cancellationToken);
        if (unreadable > 0) SnapshotLog.UnreadableRows(logger, unreadable);

        var dataset = builder.Build(cancellationToken);
        var counts = new SnapshotCounts(meter.Files, rows, unreadable, builder.Duplicates, builder.OfDeletedVideos, builder.OfErasedViewers, videos.DeletedCount)
        {
            OfAuthors = ofAuthors,
        };
        return new Snapshot(dataset, DataVersion.Of(dataset, cancellationToken), RangesOf(archive), archived, takenAt, counts) { Erasures = erasures };

        void Count(EventColumns file)
        {
            rows += file.Count + file.Unreadable + file.OfAuthors.Total;
            unreadable += file.Unreadable;
            ofAuthors.Add(file.OfAuthors);
        }
    }

    /// <summary>
    /// Reads files of events on all processors; <paramref name="count"/> is told of one after another. Their columns are kept beside them, since
    /// a file never changes once it is there, and taken from there the next time.
    /// </summary>
    private void ReadEvents(
        ArchiveCatalog archive, IReadOnlyList<ArchiveFile> files, ByteMeter meter, EventDatasetBuilder builder, Action<EventColumns> count, CancellationToken cancellationToken)
    {
        var turn = new Lock();
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            EventColumnsFile.DeleteOrphans(archive.Root);
            // File by file: in the usual, growing portions one thread would be left with several of the last.
            var oneByOne = Partitioner.Create(files, EnumerablePartitionerOptions.NoBuffering);
            Parallel.ForEach(oneByOne, parallel, () => (Columns: new EventColumns(), Intake: builder.NewIntake()), (file, _, own) =>
            {
                ReadEvents(archive, file, own.Columns, cancellationToken);
                own.Intake.Add(own.Columns);
                lock (turn)
                {
                    count(own.Columns);
                    meter.Done(file);
                }
                return own;
            }, _ => { });
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private void ReadEvents(ArchiveCatalog archive, ArchiveFile file, EventColumns columns, CancellationToken cancellationToken)
    {
        var path = Path.Combine(archive.Root, file.RelativePath);
        if (EventColumnsFile.TryRead(path, columns)) return;
        var source = EventColumnsFile.SourceOf(path);
        try
        {
            EventFileReader.Read(path, columns, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"the archive file {file.RelativePath} is damaged", e);
        }

        try
        {
            EventColumnsFile.Write(path, columns, source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SnapshotLog.ColumnsNotKept(logger, file.RelativePath, e.Message);
        }
    }

    private static async Task ReadFilesAsync(
        ArchiveCatalog archive, IEnumerable<ArchiveFile> files, ByteMeter meter, Func<ArchiveFile, ArchiveRowHandler> handlerOf, CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            try
            {
                await ArchiveRows.ReadAsync(archive.Root, file, handlerOf(file), cancellationToken);
            }
            catch (InvalidDataException e)
            {
                throw new InvalidDataException($"the archive file {file.RelativePath} is damaged", e);
            }
            meter.Done(file);
        }
    }

    private static long CountEvents(ArchiveCatalog archive) => archive.Ranges.Where(r => IsOfEvents(r.Type)).Sum(r => r.To - r.From + 1);

    private static SortedDictionary<string, string> RangesOf(ArchiveCatalog archive)
    {
        var ranges = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (log, type, partition, from, to) in archive.Ranges)
            if (IsOfEvents(type) || type is Catalog or Erasure)
                ranges[string.Create(CultureInfo.InvariantCulture, $"{log}/{type}/{partition}")] = string.Create(CultureInfo.InvariantCulture, $"{from}-{to}");
        return ranges;
    }

    /// <summary>Tells progress by the bytes of files read.</summary>
    private sealed class ByteMeter(ArchiveCatalog archive, IReadOnlyList<ArchiveFile> files, Action<double> progress)
    {
        private readonly long _total = Math.Max(1, files.Sum(f => SizeOf(archive, f)));
        private long _done;

        public int Files => files.Count;

        public void Done(ArchiveFile file)
        {
            _done += SizeOf(archive, file);
            progress(Math.Min(1, (double)_done / _total));
        }

        private static long SizeOf(ArchiveCatalog archive, ArchiveFile file)
        {
            var info = new FileInfo(Path.Combine(archive.Root, file.RelativePath));
            return info.Exists ? info.Length : 0;
        }
    }
}

internal static partial class SnapshotLog
{
    [LoggerMessage(EventId = 6001, EventName = "UnreadableRows", Level = LogLevel.Warning, Message = "{Rows} archived rows could not be read and were left out")]
    public static partial void UnreadableRows(ILogger logger, long rows);

    [LoggerMessage(EventId = 6003, EventName = "ArchiveListedAnew", Level = LogLevel.Information, Message = "The archive was rearranged while it was read and is read again: {Reason}")]
    public static partial void ListedAnew(ILogger logger, string reason);

    [LoggerMessage(EventId = 6002, EventName = "ColumnsNotKept", Level = LogLevel.Debug,
        Message = "The columns of {File} can't be kept beside it, so that it is read slowly the next time: {Reason}")]
    public static partial void ColumnsNotKept(ILogger logger, string file, string reason);
}
