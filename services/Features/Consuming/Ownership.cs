using Confluent.Kafka;

namespace Recommender.Features.Consuming;

/// <summary>
/// Which partitions are ours, and whether they are being read. The group gives them; where to read them from is said by the watermarks in
/// Redis and by the archive, never by the committed offsets, which are for others to look at. Until that is known, and while either is out of
/// reach, nothing is assigned to the client, but it stays in the group.
/// </summary>
internal sealed class Ownership : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_checkHalted = TimeSpan.FromSeconds(5);

    private readonly SessionServices _services;
    private readonly ILogger _logger;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly Action _finish;
    private readonly OffsetCommits _commits;
    private readonly LogEnds _ends;
    private readonly LogWatch _watch;
    private List<TopicPartition> _owned = [];
    private bool _hasJoined;
    private bool _isStateLost = true;
    private bool _isSetBackRead;
    private long? _checkHaltedAt;

    /// <param name="services">What it works with.</param>
    /// <param name="builder">Makes the client.</param>
    /// <param name="finish">Ends the batch that is being absorbed, before its partitions are let go.</param>
    /// <param name="logger">The log.</param>
    public Ownership(SessionServices services, ConsumerBuilder<byte[]?, byte[]?> builder, Action finish, ILogger logger)
    {
        _finish = finish;
        _services = services;
        _logger = logger;
        _consumer = builder
            .SetPartitionsAssignedHandler((_, partitions) => OnAssigned(partitions))
            .SetPartitionsRevokedHandler((_, _) => OnRevoked())
            .SetPartitionsLostHandler((_, _) => OnLost())
            .Build();
        _commits = new OffsetCommits(_consumer, services.Time, logger);
        _ends = new LogEnds(_consumer);
        _watch = new LogWatch(services);
    }

    /// <summary>The client.</summary>
    public IConsumer<byte[]?, byte[]?> Consumer => _consumer;

    /// <summary>The partitions that are ours; null while there are none, or nothing is known of them yet.</summary>
    public Assignment? Assignment { get; private set; }

    /// <summary>Whether records are asked for.</summary>
    public bool IsReading { get; private set; }

    /// <summary>Finds where to read from and begins; false when there is nothing to read.</summary>
    public bool TryRead()
    {
        if (IsReading) return true;
        if (_owned.Count == 0)
        {
            if (_hasJoined) _services.Progress.Trouble = null; // somebody else has it all
            return false;
        }
        Assignment ??= new Assignment(_owned, Wait(_services.ResolveIdentityAsync(CancellationToken.None)), _services.Archive, _services.Options.HotBytes);
        if (_services.Archive.IsFull) throw new ArchiveFullException();
        if (_isStateLost) Wait(_services.Store.BeginAsync(CancellationToken.None));
        _isStateLost = false;
        Wait(Assignment.RewindAsync(_services.Store, CancellationToken.None));
        if (!_isSetBackRead) SetBack(Assignment);
        _isSetBackRead = true;
        Read(Assignment);
        return true;
    }

    /// <summary>
    /// Takes what is ours away from the client, to be read again from the watermarks. What failed has been forgotten; the other partitions are written,
    /// so that one which has to wait keeps none of them waiting.
    /// </summary>
    /// <param name="isStateLost">Whether Redis may have forgotten something.</param>
    public void Release(bool isStateLost)
    {
        IsReading = false;
        _finish();
        if (Assignment is { } assignment)
        {
            if (!isStateLost) Settle(assignment);
            assignment.DropUnsettled();
        }
        _isStateLost |= isStateLost;
        _consumer.Unassign();
    }

    /// <summary>What is to be done now and then: commits, the lag, another look at logs that were too short, or that may have been replaced, and at values that could not be read.</summary>
    /// <exception cref="LogChangedException">Other logs are in the place of those that were read so far.</exception>
    public void Maintain()
    {
        if (Assignment is not { } assignment) return;
        _watch.Check(assignment.Identity);
        if (_commits.CommitIfDue(assignment.Logs))
        {
            // A quiet log would otherwise not notice that Redis was replaced until somebody does something.
            Wait(_services.Store.CheckAsync(CancellationToken.None));
            ReportFinished(assignment);
            foreach (var topic in assignment.Logs.GroupBy(l => l.Topic))
                _services.Metrics.Lag(topic.Key, topic.Sum(l => Math.Max(0, _ends.Known(l) - l.ReadNext)));
        }
        if (_checkHaltedAt is not { } at || _services.Time.GetTimestamp() < at) return;
        _checkHaltedAt = _services.After(s_checkHalted);
        var before = assignment.Logs.Count(l => l.IsShort);
        if (assignment.CheckEnds(_ends.Find(assignment.Logs)).Count < before | assignment.ReleaseStuck()) Release(isStateLost: false);
    }

    /// <summary>Records that are in the logs now and not read yet, by where each log ends; empty when nothing is ours.</summary>
    public Func<long> MeasureLag()
    {
        if (Assignment is not { } assignment) return () => 0;
        var ends = _ends.Find(assignment.Logs);
        return () => assignment.Logs.Where(l => !l.IsHalted).Sum(l => Math.Max(0, ends[(l.Topic, l.Partition)] - l.ReadNext));
    }

    /// <summary>
    /// Ends ownership: states are written, since nobody may be able to read their events again (the log may be gone), and who has them by now is found out by
    /// the writes; what was read is archived and committed, unless it belongs to somebody else already.
    /// </summary>
    public void GiveUp(bool isLost = false)
    {
        IsReading = false;
        _finish();
        _owned = [];
        if (Assignment is not { } assignment) return;
        Assignment = null;
        _isSetBackRead = false;
        Settle(assignment);
        if (!isLost)
        {
            if (!Wait(_services.Archive.FlushAsync(_services.StopTimeout))) ConsumingLog.NotArchived(_logger);
            Wait(_services.Archive.SendAsync(s_patience));
            _commits.Commit(assignment.Logs);
            ReportFinished(assignment);
        }
        _services.Archive.Close(assignment.Logs.Select(l => l.Archive));
    }

    /// <summary>Ends the client.</summary>
    public void Dispose()
    {
        _watch.Dispose();
        _consumer.Dispose();
    }

    /// <summary>What cannot be settled is read again by the next owner.</summary>
    private void Settle(Assignment assignment)
    {
        try
        {
            Wait(_services.Absorber.SettleAsync(assignment, CancellationToken.None));
        }
        catch (Exception e) when (ConsumerSession.Describe(e) is { } reason)
        {
            ConsumingLog.NotSettled(_logger, reason);
        }
    }

    private void Read(Assignment assignment)
    {
        foreach (var log in assignment.CheckEnds(_ends.Find(assignment.Logs))) ConsumingLog.Halted(_logger, log.Topic, log.Partition, log.Absorbed);
        var halted = assignment.Logs.Count(l => l.IsHalted);
        _services.Metrics.Halted(halted);
        _checkHaltedAt = halted > 0 ? _services.After(s_checkHalted) : null;
        _consumer.Assign(assignment.Positions);
        IsReading = true;
        _services.Progress.Trouble = halted == 0 ? null : assignment.Logs.Any(l => l.IsShort) ? "a log ends before what was absorbed of it" : "a stored value can't be read, for which its partition waits";
        var replayed = assignment.Logs.Sum(l => l.Absorbed - l.NeededFrom);
        ConsumingLog.Reading(_logger, assignment.Logs.Count, replayed);
    }

    /// <summary>
    /// Offsets of the group that are behind the watermarks were set back by somebody who wants the log to be read again from there: what is missing from
    /// states is absorbed, and what they have is not.
    /// </summary>
    private void SetBack(Assignment assignment)
    {
        var candidates = assignment.Logs.Where(l => l.Marks is not null && !l.IsCatalog).ToDictionary(l => new TopicPartition(l.Topic, l.Partition));
        var behind = _consumer.Committed(candidates.Keys, s_patience).Where(c => c.Offset.Value >= 0 && c.Offset.Value < candidates[c.TopicPartition].StateNext).ToList();
        var records = 0L;
        foreach (var committed in behind)
        {
            var log = candidates[committed.TopicPartition];
            var from = Math.Max(committed.Offset.Value, _consumer.QueryWatermarkOffsets(committed.TopicPartition, s_patience).Low.Value);
            if (from >= log.StateNext) continue;
            records += log.StateNext - from;
            log.SetBack(from);
        }
        if (records > 0) ConsumingLog.SetBack(_logger, records);
    }

    private void ReportFinished(Assignment assignment)
    {
        foreach (var log in assignment.Logs) _services.Journal.OnFinished(log.Topic, log.Partition, log.Finished);
    }

    /// <summary>The client is given nothing yet: positions come first.</summary>
    private IEnumerable<TopicPartitionOffset> OnAssigned(List<TopicPartition> partitions)
    {
        GiveUp();
        _owned = partitions;
        _hasJoined = true;
        ConsumingLog.Assigned(_logger, partitions.Count);
        return [];
    }

    private IEnumerable<TopicPartitionOffset> OnRevoked()
    {
        if (_owned.Count > 0) ConsumingLog.Revoked(_logger, _owned.Count);
        GiveUp();
        return [];
    }

    private IEnumerable<TopicPartitionOffset> OnLost()
    {
        ConsumingLog.Lost(_logger, _owned.Count);
        GiveUp(isLost: true);
        return [];
    }

    // The thread belongs to the session, so it may wait.
    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
