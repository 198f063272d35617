using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Recommender.Contracts;

namespace Recommender.Hosting.Kafka;

/// <summary>Whether the cluster answers.</summary>
public enum KafkaState
{
    /// <summary>Not asked yet.</summary>
    Unknown,

    /// <summary>It answered last time.</summary>
    Reachable,

    /// <summary>It did not answer last time.</summary>
    Unreachable,
}

/// <summary>
/// Knows whether Kafka answers, by asking it: every few seconds, at once when a client has a doubt, and four times a second while it is
/// out of reach. One per process; begins by itself.
/// </summary>
public sealed class KafkaHealth : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PeriodWhileDown = TimeSpan.FromMilliseconds(250);

    // With a reason to doubt, a second of silence is enough; without one, a busy machine is the likelier cause.
    private static readonly TimeSpan TimeoutInDoubt = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimeoutOtherwise = TimeSpan.FromSeconds(4);

    private readonly IAdminClient _admin;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    // Never disposed: a client may have a doubt when this is gone already.
    private readonly SemaphoreSlim _doubt = new(0, 1);
    private readonly Task _loop;
    private volatile KafkaState _state;
    private long _lastSuccess;
    private int _outages;
    private int _doubts;
    private int _told;
    private int _disposed;

    /// <summary>Begins to watch the cluster.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where changes are told.</param>
    public KafkaHealth(KafkaOptions options, TimeProvider time, ILogger<KafkaHealth> logger)
    {
        _logger = logger;
        _time = time;
        _lastSuccess = time.GetTimestamp();
        _admin = new AdminClientBuilder(KafkaConfigs.Admin(options))
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler((_, line) => KafkaLog.Native(logger, line))
            .Build();
        _loop = Task.Factory.StartNew(Watch, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What is known at this moment.</summary>
    public KafkaState State => _state;

    /// <summary>
    /// How often the cluster has come back after it was out of reach. A consumer of a group had better begin anew then: librdkafka goes on asking the
    /// group's coordinator where it was, also when the same broker has come back at another address.
    /// </summary>
    public int Outages => Volatile.Read(ref _outages);

    /// <summary>
    /// How often a client had a doubt. A cluster that another has taken the place of within a second is never noticed to be out of reach, but its clients
    /// have lost it.
    /// </summary>
    public int Doubts => Volatile.Read(ref _doubts);

    /// <summary>Asks the cluster now instead of when it is next due. Cheap; safe to call often.</summary>
    public void Doubt()
    {
        Interlocked.Increment(ref _doubts);
        if (_doubt.CurrentCount > 0)
            return;

        try
        {
            _doubt.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else has just asked.
        }
    }

    /// <summary>A client tells that the cluster served it.</summary>
    /// <param name="now">When, as a timestamp of the clock.</param>
    public void Succeeded(long now)
    {
        Volatile.Write(ref _lastSuccess, now);
        if (_state != KafkaState.Reachable)
            Become(KafkaState.Reachable, "");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        await _stop.CancelAsync();
        await _loop;
        _admin.Dispose();
        _stop.Dispose();
    }

    /// <summary>
    /// That a password is wrong, a certificate, or a name, does not show in what the question comes to, which is that nobody answers. Each kind is told once until the cluster answers:
    /// the client tries again several times a second.
    /// </summary>
    private void OnError(Error error)
    {
        if (!IsOfConfiguration(error)) return;
        if (Interlocked.Exchange(ref _told, (int)error.Code) != (int)error.Code) KafkaLog.Misconfigured(_logger, error.Reason);
    }

    /// <summary>Whether an error is one that settings must mend: a password, a certificate, a name.</summary>
    /// <param name="error">What the client tells beside the outcome of a question.</param>
    public static bool IsOfConfiguration(Error error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.Code is ErrorCode.Local_Authentication or ErrorCode.Local_Ssl or ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Resolve;
    }

    /// <summary>On a thread of its own, since the client's question blocks.</summary>
    private void Watch()
    {
        try
        {
            var isInDoubt = false;
            while (!_stop.IsCancellationRequested)
            {
                Probe(isInDoubt || _state == KafkaState.Unreachable ? TimeoutInDoubt : TimeoutOtherwise);
                isInDoubt = _doubt.Wait(_state == KafkaState.Reachable ? Period : PeriodWhileDown, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private void Probe(TimeSpan timeout)
    {
        var begin = _time.GetTimestamp();
        try
        {
            // Any broker answers this, about a topic that is not there as well, and creates none. A question to the controller (DescribeCluster) would have
            // the client connect again and again without a pause for as long as nothing listens there.
            _admin.GetMetadata(Topics.Model, timeout);
            Become(KafkaState.Reachable, "");
        }
        catch (KafkaException e)
        {
            // On a starved machine a question may time out while records still get through.
            if (Volatile.Read(ref _lastSuccess) < begin)
                Become(KafkaState.Unreachable, e.Error.Reason);
        }
    }

    private void Become(KafkaState state, string reason)
    {
        var before = _state;
        if (before == state)
            return;

        _state = state;
        if (before == KafkaState.Unreachable)
            Interlocked.Increment(ref _outages);
        if (state == KafkaState.Reachable)
        {
            Volatile.Write(ref _told, 0);
            KafkaLog.Reachable(_logger);
        }
        else
            KafkaLog.Unreachable(_logger, reason);
    }
}
