using Recommender.Contracts.Json;
using Recommender.Features.Online;
using Recommender.Hosting.Online;

namespace Recommender.Features.Consuming;

/// <summary>How far a batch goes in one partition of one topic.</summary>
/// <param name="log">The partition.</param>
internal sealed class LogProgress(PartitionLog log)
{
    /// <summary>The partition.</summary>
    public PartitionLog Log { get; } = log;

    /// <summary>The offset behind the last record in the batch; -1 when there is none.</summary>
    public long Next { get; set; } = -1;

    /// <summary>Whether a record is in the batch.</summary>
    public bool IsBegun => Next >= 0;

    /// <summary>What online state is to absorb of it, with others; null when it has all that is in the batch.</summary>
    public PartitionWork? Work { get; set; }

    /// <summary>Forgets what is in the batch.</summary>
    public void Clear() => (Next, Work) = (-1, null);
}

/// <summary>What online state is to absorb from one partition.</summary>
/// <param name="marks">The partition's watermarks.</param>
internal sealed class PartitionWork(StoredMarks marks)
{
    private readonly List<LogProgress> _logs = [];

    /// <summary>The partition's watermarks.</summary>
    public StoredMarks Marks { get; } = marks;

    /// <summary>Whether no record of the partition is in the batch.</summary>
    public bool IsEmpty => _logs.Count == 0;

    /// <summary>
    /// Wishes to be forgotten, then events; those of one topic in the order of their offsets. A wish forgets what the viewer's state holds; what
    /// was received after it comes after it here, whichever topic was read first, and what was received before it is known by its time.
    /// </summary>
    public BatchEvents Events { get; } = new();

    /// <summary>The wishes to be forgotten among the events, by where these end.</summary>
    public Dictionary<LogPosition, Erasure> Wishes { get; } = [];

    /// <summary>Catalog changes in the order of their offsets.</summary>
    public List<CatalogChange> Changes { get; } = [];

    /// <summary>Where the watermarks will stand.</summary>
    public IReadOnlyCollection<LogPosition> Ends => [.. _logs.Select(l => new LogPosition(l.Log.Log, l.Log.Number, l.Log.Partition, l.Next))];

    /// <summary>Notes that records of a log that online state does not have are in the batch, up to where it goes in the end.</summary>
    public void Begin(LogProgress log)
    {
        log.Work = this;
        _logs.Add(log);
    }

    /// <summary>Forgets what is in the batch.</summary>
    public void Clear()
    {
        _logs.Clear();
        Events.Clear();
        Changes.Clear();
        Wishes.Clear();
    }
}
