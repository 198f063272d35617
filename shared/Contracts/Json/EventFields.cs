namespace Recommender.Contracts.Json;

/// <summary>Field names of an event's JSON form.</summary>
internal static class EventFields
{
    public const string EventId = "event_id";
    public const string Type = "type";
    public const string UserId = "user_id";
    public const string VideoId = "video_id";
    public const string AuthorId = "author_id";
    public const string OccurredAt = "occurred_at";
    public const string ReceivedAt = "received_at";
    public const string WatchTimeMs = "watch_time_ms";
    public const string SessionId = "session_id";
    public const string RequestId = "request_id";
    public const string Position = "position";
    public const string Surface = "surface";
    public const string Context = "context";
}
