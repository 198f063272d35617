namespace Recommender.Features.Consuming;

internal static partial class ConsumingLog
{
    [LoggerMessage(EventId = 4001, EventName = "Assigned", Level = LogLevel.Information, Message = "Owning {Count} partitions")]
    public static partial void Assigned(ILogger logger, int count);

    [LoggerMessage(EventId = 4002, EventName = "Revoked", Level = LogLevel.Information, Message = "Gave up {Count} partitions")]
    public static partial void Revoked(ILogger logger, int count);

    [LoggerMessage(EventId = 4003, EventName = "Lost", Level = LogLevel.Warning, Message = "Lost {Count} partitions: this consumer was thought dead")]
    public static partial void Lost(ILogger logger, int count);

    [LoggerMessage(EventId = 4004, EventName = "Reading", Level = LogLevel.Information, Message = "Reading {Count} partitions from where state and archive end; {Replayed} records are read again for one of both")]
    public static partial void Reading(ILogger logger, int count, long replayed);

    [LoggerMessage(EventId = 4005, EventName = "Paused", Level = LogLevel.Warning, Message = "Reading pauses and goes back to the watermarks: {Reason}")]
    public static partial void Paused(ILogger logger, string reason);

    [LoggerMessage(EventId = 4006, EventName = "PausedBadly", Level = LogLevel.Error, Message = "Reading pauses, and this will not mend itself: {Reason}")]
    public static partial void PausedBadly(ILogger logger, string reason, Exception error);

    [LoggerMessage(EventId = 4007, EventName = "OffsetGap", Level = LogLevel.Error, Message = "{Topic}[{Partition}]: offsets {From} to {To} were gone from the log before they were read; what happened there is not counted")]
    public static partial void Gap(ILogger logger, string topic, int partition, long from, long to);

    [LoggerMessage(EventId = 4008, EventName = "Halted", Level = LogLevel.Error, Message = "{Topic}[{Partition}] is not read: it ends before offset {Absorbed} up to which it was absorbed. If it is a new log, give it a new name (Kafka:LogIdentity); if it lost its end, restore it")]
    public static partial void Halted(ILogger logger, string topic, int partition, long absorbed);

    [LoggerMessage(EventId = 4009, EventName = "Rejected", Level = LogLevel.Warning, Message = "Set aside {Topic}[{Partition}]@{Offset}: {Reason}")]
    public static partial void Rejected(ILogger logger, string topic, int partition, long offset, string reason);

    [LoggerMessage(EventId = 4010, EventName = "RejectedAndLost", Level = LogLevel.Error, Message = "Passed over {Topic}[{Partition}]@{Offset} ({Reason}); the topic of rejected records does not take it: {Error}")]
    public static partial void RejectedAndLost(ILogger logger, string topic, int partition, long offset, string reason, string error);

    [LoggerMessage(EventId = 4011, EventName = "ConsumeFailed", Level = LogLevel.Warning, Message = "Kafka: {Reason}")]
    public static partial void ConsumeFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 4012, EventName = "NotCommitted", Level = LogLevel.Information, Message = "Offsets are not committed, which costs nothing but the lag that others see: {Reason}")]
    public static partial void NotCommitted(ILogger logger, string reason);

    [LoggerMessage(EventId = 4013, EventName = "SessionEnded", Level = LogLevel.Warning, Message = "Starting over with a new consumer: {Reason}")]
    public static partial void SessionEnded(ILogger logger, string reason);

    [LoggerMessage(EventId = 4027, EventName = "BackAfterOutage", Level = LogLevel.Information, Message = "Kafka has come back, maybe elsewhere; going on with a new consumer")]
    public static partial void BackAfterOutage(ILogger logger);

    [LoggerMessage(EventId = 4014, EventName = "NotArchived", Level = LogLevel.Warning, Message = "Not all of what was read could be archived in time; it will be read again")]
    public static partial void NotArchived(ILogger logger);

    [LoggerMessage(EventId = 4017, EventName = "StillPaused", Level = LogLevel.Debug, Message = "Reading is still paused: {Reason}")]
    public static partial void StillPaused(ILogger logger, string reason);

    [LoggerMessage(EventId = 4018, EventName = "Recovered", Level = LogLevel.Warning, Message = "The process ended without a stop; {Count} records of log {Log} came back from the journal")]
    public static partial void Recovered(ILogger logger, long count, string log);

    [LoggerMessage(EventId = 4020, EventName = "SetBack", Level = LogLevel.Information, Message = "The group's offsets are {Records} records behind the watermarks, so these are read again; what states have of them counts no more")]
    public static partial void SetBack(ILogger logger, long records);

    [LoggerMessage(EventId = 4019, EventName = "RecoveryPaused", Level = LogLevel.Warning, Message = "What the journal holds cannot be absorbed yet, trying again: {Reason}")]
    public static partial void RecoveryPaused(ILogger logger, string reason);

    [LoggerMessage(EventId = 4021, EventName = "NotSettled", Level = LogLevel.Warning, Message = "The newest of what was absorbed is not settled and will be read again: {Reason}")]
    public static partial void NotSettled(ILogger logger, string reason);

    [LoggerMessage(EventId = 4015, EventName = "NotDrained", Level = LogLevel.Warning, Message = "{Count} records in the log could not be absorbed before the stop")]
    public static partial void NotDrained(ILogger logger, long count);

    [LoggerMessage(EventId = 4022, EventName = "Unforeseen", Level = LogLevel.Error, Message = "Nobody thought of such a record as {Topic}[{Partition}]@{Offset}; it is set aside")]
    public static partial void Unforeseen(ILogger logger, string topic, int partition, long offset, Exception error);

    [LoggerMessage(EventId = 4023, EventName = "ErasureNotTold", Level = LogLevel.Warning, Message = "That online state is gone for erasure {ErasureId} can't be told before the archive is looked after: {Reason}")]
    public static partial void ErasureNotTold(ILogger logger, string erasureId, string reason);

    [LoggerMessage(EventId = 4024, EventName = "BegunAnew", Level = LogLevel.Error,
        Message = "{Count} damaged states of viewers are begun anew, the first that of the viewer with hash {Viewer}: {Reason}. What they held is lost; the archive has the events")]
    public static partial void BegunAnew(ILogger logger, int count, string viewer, string reason);

    [LoggerMessage(EventId = 4025, EventName = "BegunAnewKey", Level = LogLevel.Debug, Message = "{Key} held {Bytes} bytes that can't be read, and is removed")]
    public static partial void BegunAnewKey(ILogger logger, string key, int bytes);

    [LoggerMessage(EventId = 4026, EventName = "UnreadableKey", Level = LogLevel.Debug, Message = "{Key} can't be read")]
    public static partial void UnreadableKey(ILogger logger, string key);
}
