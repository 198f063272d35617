namespace Recommender.Serving.Feed;

internal static partial class FeedLog
{
    [LoggerMessage(EventId = 7751, EventName = "FeedEventNotTaken", Level = LogLevel.Error, Message = "The ingestion service does not take events of streams ({Status}): {Detail}")]
    public static partial void EventNotTaken(ILogger logger, string status, string detail);
}
