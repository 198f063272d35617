using System.Diagnostics;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Features.Archiving;
using Recommender.Features.Online;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Telemetry;

namespace Recommender.Features.Consuming;

/// <summary>
/// Records sorted by what is to be done with them, as they are read: what a record holds besides is not kept. Nothing is changed by sorting,
/// except where reading goes on.
/// </summary>
internal sealed class RecordBatch(Assignment assignment, SharedTexts videoIds, FeatureMetrics metrics, ILogger logger)
{
    private const int MaxLinks = 64;

    // What a record takes besides its row, and a viewer or video besides what is in memory anyway: its key, its value when it is read, its places in tables.
    // Values are encoded when they are written, some at a time.
    private const int RecordBytes = 300;
    private const int ViewerBytes = 1000;
    private const int VideoBytes = 300;

    private readonly Dictionary<StoredMarks, PartitionWork> _work = [];
    private readonly Dictionary<PartitionLog, LogProgress> _progress = [];

    // Records of a partition come one after the other.
    private LogProgress? _last;
    private readonly bool _isTraced = RecommenderTelemetry.ActivitySource.HasListeners();

    /// <summary>Whose records they are.</summary>
    public Assignment Assignment => assignment;

    /// <summary>Records in the batch, those that belong to somebody else by now included.</summary>
    public int Count { get; private set; }

    /// <summary>About how much memory the batch takes, what it takes to write the states that it changes included.</summary>
    public long Bytes { get; private set; }

    /// <summary>When it began to be absorbed, as a time stamp of the clock.</summary>
    public long BegunAt { get; set; }

    /// <summary>The calls that records came from, the first ones; empty when nobody traces.</summary>
    public List<ActivityLink> Links { get; } = [];

    /// <summary>What online state is to absorb, by partition.</summary>
    public IEnumerable<PartitionWork> Work => _work.Values.Where(w => !w.IsEmpty);

    /// <summary>Where the batch ends in each partition: the offset behind its last record.</summary>
    public IEnumerable<LogProgress> Reached => _progress.Values.Where(p => p.IsBegun);

    /// <summary>What is to be archived, in the order of the offsets.</summary>
    public List<PendingRow> Rows { get; } = [];

    /// <summary>What is to be set aside.</summary>
    public List<RejectedRecord> Rejected { get; } = [];

    /// <summary>Forgets the records, but keeps the room that they took: lists as long as these are dear to make anew.</summary>
    public void Clear()
    {
        (Count, Bytes) = (0, 0);
        foreach (var progress in _progress.Values) progress.Clear();
        Links.Clear();
        Rows.Clear();
        Rejected.Clear();
        foreach (var work in _work.Values) work.Clear();
    }

    /// <summary>Whether no more is to be added: as many records, or as much memory, as a batch may have.</summary>
    public bool IsFull(FeaturesOptions options) => Count >= options.MaxBatch || Bytes >= options.BatchBytes;

    /// <summary>Sorts one record.</summary>
    /// <exception cref="LogChangedException">The log is not the one that was read so far.</exception>
    public void Add(in TopicRecord record)
    {
        Count++;
        Bytes += RecordBytes + (record.Value?.Length ?? 0);
        if (_isTraced) Link(record);
        if (ProgressOf(record.Position) is not { Log: var log } progress) return; // it belongs to somebody else by now
        var offset = record.Position.Offset;
        Follow(log, offset);
        progress.Next = offset + 1;
        var isNew = log.Marks is not null && offset >= log.StateNext;
        var work = isNew ? WorkOf(progress) : null;

        var (reason, day, row) = ReadSafely(record, log, work);
        if (reason is not null && (isNew || (log.Marks is null && offset >= log.Archive.Next))) Rejected.Add(new RejectedRecord(record, reason));
        if (offset >= log.Archive.Next) Rows.Add(new PendingRow(log.Archive, offset, row is null ? default(ReadOnlyMemory<byte>?) : log.Archive.Hold(row), DateOnly.FromDateTime(day.UtcDateTime)));
    }

    private (string? Reason, DateTimeOffset Day, byte[]? Row) ReadSafely(in TopicRecord record, PartitionLog log, PartitionWork? work)
    {
        try
        {
            return Read(record, log, work);
        }
#pragma warning disable CA1031 // Anybody may write to the topics. Whatever a record holds, those behind it must be reached.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ConsumingLog.Unforeseen(logger, log.Topic, log.Partition, record.Position.Offset, e);
            return ("the record can't be read", record.Timestamp, null);
        }
    }

    private (string? Reason, DateTimeOffset Day, byte[]? Row) Read(in TopicRecord record, PartitionLog log, PartitionWork? work)
    {
        string? reason;
        if (log.IsCatalog)
        {
            reason = CatalogReader.Read(record, log.Log, out var change);
            if (reason is not null) return (reason, record.Timestamp, null);
            work?.Changes.Add(change);
            if (record.Headers.TryGetLastBytes(CloudEventHeaders.Restored, out _)) return (null, record.Timestamp, null);
            var json = record.Value is null ? CatalogReader.DeletedRow(change.VideoId) : JsonRow.Of(record.Value);
            return (null, record.Timestamp, ArchivedCatalogRow.Make(json, record.Timestamp));
        }
        if (log.Marks is null)
        {
            reason = ImpressionReader.Read(record, out var shownAt);
            return reason is null ? (null, shownAt, JsonRow.Of(record.Value!)) : (reason, record.Timestamp, null);
        }
        Erasure? wish = null;
        reason = log.IsErasure ? ErasureReader.Read(record, log.Log, log.Number, out var e, out wish) : EventReader.Read(record, log.Log, log.Number, videoIds, out e);
        if (reason is not null) return (reason, record.Timestamp, null);
        if (work is not null)
        {
            var (newViewer, newVideo) = work.Events.Add(e);
            Bytes += (newViewer ? ViewerBytes : 0) + (newVideo ? VideoBytes : 0);
        }
        if (wish is not null) work?.Wishes.Add(e.After, wish);
        return (null, DateTimeOffset.FromUnixTimeMilliseconds(e.OccurredAtMs), JsonRow.Of(record.Value!));
    }

    /// <summary>Notices what is missing from the log, and a log that began again.</summary>
    private void Follow(PartitionLog log, long offset)
    {
        if (offset < log.ReadNext) throw new LogChangedException($"{log.Topic}[{log.Partition}] went back from offset {log.ReadNext} to {offset}");
        // A compacted topic has gaps by its nature.
        if (offset > log.ReadNext && !log.IsCatalog)
        {
            metrics.Gap(log.Topic, offset - log.ReadNext);
            ConsumingLog.Gap(logger, log.Topic, log.Partition, log.ReadNext, offset - 1);
        }
        log.ReadNext = offset + 1;
    }

    private void Link(in TopicRecord record)
    {
        if (Links.Count == MaxLinks || !record.Headers.TryGetLastBytes(CloudEventHeaders.TraceParent, out var parent)) return;
        var context = TraceHeaders.Parse(parent);
        if (context != default) Links.Add(new ActivityLink(context));
    }

    private LogProgress? ProgressOf(in RecordPosition position)
    {
        if (_last is { } last && last.Log.Partition == position.Partition && last.Log.Topic == position.Topic) return last;
        if (assignment.Find(position) is not { } log) return null;
        if (!_progress.TryGetValue(log, out _last)) _progress.Add(log, _last = new LogProgress(log));
        return _last;
    }

    private PartitionWork WorkOf(LogProgress progress)
    {
        if (progress.Work is { } known) return known;
        var marks = progress.Log.Marks!;
        if (!_work.TryGetValue(marks, out var work)) _work.Add(marks, work = new PartitionWork(marks));
        work.Begin(progress);
        return work;
    }
}

/// <summary>A record for the archive.</summary>
/// <param name="Archive">The end of its partition's archive.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="Row">Its row; null when it leaves none.</param>
/// <param name="Day">Its day.</param>
internal readonly record struct PendingRow(PartitionArchive Archive, long Offset, ReadOnlyMemory<byte>? Row, DateOnly Day);

/// <summary>A partition is not the log any more that its positions count in; they must be found anew.</summary>
/// <param name="message">What was seen.</param>
internal sealed class LogChangedException(string message) : Exception(message);
