using Recommender.V1;

namespace Recommender.Contracts;

/// <summary>Kinds of event types.</summary>
public static class EventTypes
{
    /// <summary>Whether it is a type that events may have.</summary>
    public static bool IsKnown(EventType type) => type is >= EventType.View and <= EventType.UnmuteAuthor;

    /// <summary>Whether events of the type are about an author (<c>author_id</c>) instead of a video: what they say of a video is only where it happened.</summary>
    public static bool IsOfAuthor(EventType type) => type is EventType.MuteAuthor or EventType.UnmuteAuthor;
}
