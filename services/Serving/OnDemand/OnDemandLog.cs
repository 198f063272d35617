namespace Recommender.Serving.OnDemand;

internal static partial class OnDemandLog
{
    [LoggerMessage(EventId = 7601, EventName = "RequestRejected", Level = LogLevel.Warning, Message = "The record {Position} is no request and is set aside: {Problem}")]
    public static partial void Rejected(ILogger logger, string position, string problem);

    [LoggerMessage(EventId = 7602, EventName = "AnswerFailed", Level = LogLevel.Error, Message = "A request over Kafka could not be answered")]
    public static partial void AnswerFailed(ILogger logger, Exception error);

    [LoggerMessage(EventId = 7603, EventName = "AnswersWait", Level = LogLevel.Warning, Message = "{Count} answers can't be written to Kafka now; no further requests are read until they are")]
    public static partial void Waiting(ILogger logger, int count);

    [LoggerMessage(EventId = 7604, EventName = "AnswerNotTaken", Level = LogLevel.Error, Message = "Kafka will never take a record: {Reason}")]
    public static partial void NotTaken(ILogger logger, string reason);

    [LoggerMessage(EventId = 7605, EventName = "RequestsNotCommitted", Level = LogLevel.Information, Message = "Offsets of requests are not committed, so that some may be answered again: {Reason}")]
    public static partial void NotCommitted(ILogger logger, string reason);

    [LoggerMessage(EventId = 7606, EventName = "RequestsConsumeFailed", Level = LogLevel.Warning, Message = "Kafka: {Reason}")]
    public static partial void ConsumeFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 7607, EventName = "RequestSessionEnded", Level = LogLevel.Warning, Message = "Starting over with a new consumer of requests: {Reason}")]
    public static partial void SessionEnded(ILogger logger, string reason);

    [LoggerMessage(EventId = 7608, EventName = "RequestUnforeseen", Level = LogLevel.Error, Message = "Nobody thought of such a request; it is set aside")]
    public static partial void Unforeseen(ILogger logger, Exception error);
}
