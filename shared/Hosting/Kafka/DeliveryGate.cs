using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Recommender.Hosting.Kafka;

/// <summary>
/// Decides whether a record may try: not while the cluster is out of reach, and only one at a time now and then while it answers
/// questions but takes no records (too few in-sync replicas, for instance). Sorts failures into "later" and "never".
/// </summary>
internal sealed class DeliveryGate(KafkaOptions options, KafkaHealth health, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LogPause = TimeSpan.FromSeconds(5);

    private long _lastSuccess = time.GetTimestamp();
    private long _lastProbe;
    private long _lastLog;
    private volatile bool _failing;

    /// <summary>Why a record may not even try, or <see langword="null"/>.</summary>
    public KafkaUnavailableException? Refusal()
    {
        if (health.State == KafkaState.Unreachable)
            return new KafkaUnavailableException("Kafka is out of reach", options.RetryDelay);

        return _failing && !IsDue(ref _lastProbe, ProbePause)
            ? new KafkaUnavailableException("Kafka takes no records at the moment", options.RetryDelay)
            : null;
    }

    /// <summary>A record was taken.</summary>
    /// <param name="now">When, as a timestamp of the clock.</param>
    public void Succeeded(long now)
    {
        Volatile.Write(ref _lastSuccess, now);
        if (_failing)
            _failing = false;

        health.Succeeded(now);
    }

    /// <summary>The producer had to be replaced: one record at a time until the new one is seen to work.</summary>
    public void Replaced() => _failing = true;

    /// <summary>A record was not taken.</summary>
    /// <returns>The exception for its caller.</returns>
    public Exception Failed(Error error, Exception? cause)
    {
        if (IsPermanent(error.Code))
            return new RecordRejectedException($"Kafka refuses the record: {error.Reason}", cause ?? new KafkaException(error));

        health.Doubt();
        if (time.GetElapsedTime(Volatile.Read(ref _lastSuccess)) >= options.DeliveryTimeout)
            _failing = true;

        if (IsDue(ref _lastLog, LogPause))
            KafkaLog.DeliveryFailed(logger, error.Reason);

        return new KafkaUnavailableException("Kafka did not take the record in time", options.RetryDelay, cause ?? new KafkaException(error));
    }

    private static bool IsPermanent(ErrorCode code) =>
        code is ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidRecord or ErrorCode.InvalidTimestamp
            or ErrorCode.PolicyViolation or ErrorCode.Local_InvalidArg;

    /// <summary>True for one caller in each interval.</summary>
    private bool IsDue(ref long last, TimeSpan pause)
    {
        var seen = Volatile.Read(ref last);
        return (seen == 0 || time.GetElapsedTime(seen) >= pause)
            && Interlocked.CompareExchange(ref last, time.GetTimestamp(), seen) == seen;
    }
}
