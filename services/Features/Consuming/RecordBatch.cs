using System.Diagnostics;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Features.Archiving;
using Recommender.Features.Online;
using Recommender.Features.State;
using Recommender.Hosting.Archive;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using Recommender.Hosting.Telemetry;

namespace Recommender.Features.Consuming;

/// <summary>
/// Records sorted by what is to be done with them, as they are read: what a record holds besides is not kept. Nothing is changed by sorting,
/// except where reading goes on.
/// </summary>
internal sealed class RecordBatch(Assignment assignment, SharedTexts videoIds, FeatureMetrics metrics, ILogger logger)
{
    private const int MaxLinks = 64;

    private readonly Dictionary<StoredMarks, PartitionWork> _work = [];
    private readonly Dictionary<PartitionLog, long> _reached = [];
    private readonly bool _isTraced = RecommenderTelemetry.ActivitySource.HasListeners();

    /// <summary>Whose records they are.</summary>
    public Assignment Assignment => assignment;

    /// <summary>Records in the batch, those that belong to somebody else by now included.</summary>
    public int Count { get; private set; }

    /// <summary>The calls that records came from, the first ones; empty when nobody traces.</summary>
    public List<ActivityLink> Links { get; } = [];

    /// <summary>What online state is to absorb, by partition.</summary>
    public IEnumerable<PartitionWork> Work => _work.Values.Where(w => !w.IsEmpty);

    /// <summary>Where the batch ends in each partition: the offset behind its last record.</summary>
    public IReadOnlyDictionary<PartitionLog, long> Reached => _reached;

    /// <summary>What is to be archived, in the order of the offsets.</summary>
    public List<PendingRow> Rows { get; } = [];

    /// <summary>What is to be set aside.</summary>
    public List<RejectedRecord> Rejected { get; } = [];

    /// <summary>Forgets the records, but keeps the room that they took: lists as long as these are dear to make anew.</summary>
    public void Clear()
    {
        Count = 0;
        _reached.Clear();
        Links.Clear();
        Rows.Clear();
        Rejected.Clear();
        foreach (var work in _work.Values) work.Clear();
    }

    /// <summary>Sorts one record.</summary>
    /// <exception cref="LogChangedException">The log is not the one that was read so far.</exception>
    public void Add(in TopicRecord record)
    {
        Count++;
        if (_isTraced) Link(record);
        if (assignment.Find(record.Position) is not { } log) return; // it belongs to somebody else by now
        var offset = record.Position.Offset;
        Follow(log, offset);
        _reached[log] = offset + 1;
        var isNew = log.Marks is not null && offset >= log.StateNext;
        var work = isNew ? WorkOf(log) : null;
        work?.Reached(log, offset + 1);

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
        work?.Add(e);
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

    private PartitionWork WorkOf(PartitionLog log)
    {
        if (!_work.TryGetValue(log.Marks!, out var work)) _work.Add(log.Marks!, work = new PartitionWork(log.Marks!));
        return work;
    }
}

/// <summary>What online state is to absorb from one partition.</summary>
/// <param name="marks">The partition's watermarks.</param>
internal sealed class PartitionWork(StoredMarks marks)
{
    private readonly Dictionary<PartitionLog, long> _reached = [];
    private readonly List<FeatureEvent> _events = [];
    private int _erasures;

    /// <summary>The partition's watermarks.</summary>
    public StoredMarks Marks { get; } = marks;

    /// <summary>Whether no record of the partition is in the batch.</summary>
    public bool IsEmpty => _reached.Count == 0;

    /// <summary>
    /// Wishes to be forgotten, then events; those of one topic in the order of their offsets. A wish forgets what the viewer's state holds; what
    /// was received after it comes after it here, whichever topic was read first, and what was received before it is known by its time.
    /// </summary>
    public IReadOnlyList<FeatureEvent> Events => _events;

    /// <summary>The wishes to be forgotten among the events, by where these end.</summary>
    public Dictionary<LogPosition, Erasure> Wishes { get; } = [];

    /// <summary>Catalog changes in the order of their offsets.</summary>
    public List<CatalogChange> Changes { get; } = [];

    /// <summary>Where the watermarks will stand.</summary>
    public IReadOnlyCollection<LogPosition> Ends => [.. _reached.Select(r => new LogPosition(r.Key.Log, r.Key.Number, r.Key.Partition, r.Value))];

    /// <summary>Adds what the viewer did or wishes.</summary>
    public void Add(in FeatureEvent e) => _events.Insert(e.IsErasure ? _erasures++ : _events.Count, e);

    /// <summary>Notes that everything before <paramref name="next"/> is in the batch.</summary>
    public void Reached(PartitionLog log, long next) => _reached[log] = next;

    /// <summary>Forgets what is in the batch.</summary>
    public void Clear()
    {
        _reached.Clear();
        _events.Clear();
        Changes.Clear();
        Wishes.Clear();
        _erasures = 0;
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
