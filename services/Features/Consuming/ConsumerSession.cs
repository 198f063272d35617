using Confluent.Kafka;
using Recommender.Features.Online;
using Recommender.Hosting.Errors;
using Recommender.Hosting.Kafka;

namespace Recommender.Features.Consuming;

/// <summary>
/// One membership in the consumer group. Everything happens on the thread that runs it, one batch after the other, so that a partition is never
/// given away with a batch half done. Only while there is more to read than a batch holds, the next one is read while the one before is absorbed, and what
/// that changes is written once for several of them; at most two batches are in memory.
/// </summary>
internal sealed class ConsumerSession : IDisposable
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(50);

    // How often it is said that a stored value can't be read.
    private static readonly TimeSpan s_tellBadly = TimeSpan.FromSeconds(30);

    // For how many videos trending may wait while there is more to read than a batch holds.
    private const int MostUnsettled = 50_000;

    // The group is patient for minutes before it takes the partitions away from a consumer that does not poll.
    private static readonly TimeSpan s_archivePatience = TimeSpan.FromSeconds(30);

    private readonly SessionServices _services;
    private readonly ILogger _logger;
    private readonly Ownership _ownership;
    private readonly BatchCollector _collector;
    private RecordBatch? _absorbed;
    private Task _absorbing = Task.CompletedTask;
    private TimeSpan _pause = s_firstPause;
    private long _retryAt;
    private bool _settles;
    private long? _settleAt;
    private long? _tellBadlyAt;

    public ConsumerSession(SessionServices services, ConsumerBuilder<byte[]?, byte[]?> builder, ILogger logger)
    {
        _services = services;
        _logger = logger;
        _ownership = new Ownership(services, builder, TryFinish, logger);
        _collector = new BatchCollector(_ownership.Consumer, services.Options, services.Time, logger);
    }

    /// <summary>Reads until the token is cancelled, or Kafka has come back after an outage (<see cref="KafkaHealth.Outages"/>), then leaves the group in good order.</summary>
    /// <exception cref="KafkaException">The client failed for good.</exception>
    /// <exception cref="LogChangedException">A log is not the one that was read so far.</exception>
    public void Run(CancellationToken stoppingToken)
    {
        _ownership.Consumer.Subscribe(FeaturesSetup.AbsorbedTopics);
        var outages = _services.Health.Outages;
        try
        {
            while (!stoppingToken.IsCancellationRequested && _services.Health.Outages == outages) Step(mayOverlap: true);
        }
        catch (LogChangedException)
        {
            // Nobody can read again what waits in memory.
            _ownership.GiveUp();
            throw;
        }
        if (!stoppingToken.IsCancellationRequested) ConsumingLog.BackAfterOutage(_logger);
        else if (_services.Options.DrainOnStop) Drain();
        _ownership.GiveUp();
        _ownership.Consumer.Close();
    }

    public void Dispose()
    {
        _ownership.GiveUp(isLost: true);
        _ownership.Dispose();
    }

    private void Step(bool mayOverlap)
    {
        try
        {
            if (_services.Time.GetTimestamp() < _retryAt || !_ownership.TryRead())
            {
                _collector.Poll(s_poll);
                return;
            }
            var batch = _services.Absorber.Begin(_ownership.Assignment!);
            var isFull = _collector.Collect(_absorbed is null ? s_poll : TimeSpan.Zero, batch);
            Finish();
            // After a rebalance in between, whoever owns the records now reads them from the watermarks.
            if (!_ownership.IsReading || _ownership.Assignment != batch.Assignment) return;
            var isBehind = isFull && mayOverlap;
            if (batch.Count > 0) Begin(batch, settles: !isBehind || IsDue(batch.Assignment));
            if (!isBehind)
            {
                Finish();
                Settle(batch.Assignment);
            }
            _services.Archive.FlushDue();
            if (_services.Archive.IsFull && !Wait(_services.Archive.FlushAsync(s_archivePatience))) throw new ArchiveFullException();
            _ownership.Maintain();
        }
        catch (Exception e) when (Describe(e) is { } reason)
        {
            Pause(e, reason);
        }
    }

    /// <summary>Whether what was absorbed has waited to be written for as long as it may, or would have to until the archive has room.</summary>
    private bool IsDue(Assignment assignment)
    {
        _settleAt ??= _services.After(_services.Options.WriteDelay);
        return _services.Time.GetTimestamp() >= _settleAt || assignment.UnsettledVideos > MostUnsettled || _services.Archive.IsFull;
    }

    private void Begin(RecordBatch batch, bool settles)
    {
        (_absorbed, _settles) = (batch, settles);
        _absorbing = Task.Run(() => _services.Absorber.AbsorbAsync(batch, settles, CancellationToken.None));
    }

    /// <summary>Waits for the batch that is being absorbed, and finishes it. One that failed is read again: it throws what made it fail.</summary>
    private void Finish()
    {
        if (_absorbed is not { } batch) return;
        _absorbed = null;
        _absorbing.GetAwaiter().GetResult();
        _services.Absorber.Finish(batch);
        if (_settles) Settle(batch.Assignment);
        _pause = s_firstPause;
    }

    /// <summary>As <see cref="Finish"/>, where what failed need not be known: whoever owns its records next reads them again.</summary>
    private void TryFinish()
    {
        try
        {
            Finish();
        }
        catch (Exception e) when (Describe(e) is { } reason)
        {
            ConsumingLog.NotSettled(_logger, reason);
        }
    }

    private void Settle(Assignment assignment)
    {
        _services.Absorber.SettleAsync(assignment, CancellationToken.None).GetAwaiter().GetResult();
        _settleAt = null;
    }

    /// <summary>Goes back to the watermarks, a little later each time.</summary>
    private void Pause(Exception error, string reason)
    {
        if (error is UnreadableValueException or InvalidDataException) TellBadly(error, reason);
        else if (_services.Progress.Trouble == reason) ConsumingLog.StillPaused(_logger, reason);
        else ConsumingLog.Paused(_logger, reason);
        _services.Progress.Trouble = reason;
        _services.Metrics.Rewound();
        _ownership.Release(error is StateLostException);
        _retryAt = _services.After(_pause);
        _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, Math.Max(_services.Options.RetryDelay.Ticks, _pause.Ticks)));
    }

    /// <summary>Once in a while: between two tries the partition is read, until it comes to the same place.</summary>
    private void TellBadly(Exception error, string reason)
    {
        if (error is UnreadableValueException { Key: var key }) ConsumingLog.UnreadableKey(_logger, key);
        if (_tellBadlyAt is { } at && _services.Time.GetTimestamp() < at)
        {
            ConsumingLog.StillPaused(_logger, reason);
            return;
        }
        ConsumingLog.PausedBadly(_logger, reason, error);
        _tellBadlyAt = _services.After(s_tellBadly);
    }

    /// <summary>Absorbs what is in the logs at this moment.</summary>
    private void Drain()
    {
        var deadline = _services.After(_services.StopTimeout);
        try
        {
            var lag = _ownership.MeasureLag();
            while (lag() > 0 && _services.Time.GetTimestamp() < deadline) Step(mayOverlap: false);
            if (lag() > 0) ConsumingLog.NotDrained(_logger, lag());
        }
        catch (KafkaException e)
        {
            ConsumingLog.ConsumeFailed(_logger, e.Error.Reason);
        }
    }

    /// <summary>What an operator is told about a failure that a retry may mend; null for others.</summary>
    internal static string? Describe(Exception error) => error switch
    {
        DependencyUnavailableException or StateLostException or LostWriteException or ArchiveFullException or UnreadableValueException => error.Message,
        InvalidDataException => "a stored value cannot be read",
        KafkaException { Error.IsFatal: false } e => e.Error.Reason,
        IOException or UnauthorizedAccessException => "the archive cannot be read",
        _ => null,
    };

    // This thread belongs to the session, so it may wait.
    private static bool Wait(Task<bool> task) => task.GetAwaiter().GetResult();
}
