using Recommender.V1;

namespace Recommender.Contracts;

/// <summary>Kinds of event types.</summary>
public static class EventTypes
{
    /// <summary>Whether it is a type that events may have.</summary>
    public static bool IsKnown(EventType type) => type is >= EventType.View and <= EventType.UnfollowAuthor;

    /// <summary>Whether events of the type are about an author (<c>author_id</c>) instead of a video: what they say of a video is only where it happened.</summary>
    public static bool IsOfAuthor(EventType type) => type is >= EventType.MuteAuthor and <= EventType.UnfollowAuthor;

    /// <summary>Whether events of the type say whom the viewer mutes; other ones about an author say whom the viewer follows.</summary>
    public static bool IsOfMuting(EventType type) => type is EventType.MuteAuthor or EventType.UnmuteAuthor;

    /// <summary>Whether events of the type take back what was decided about an author before.</summary>
    public static bool TakesBack(EventType type) => type is EventType.UnmuteAuthor or EventType.UnfollowAuthor;
}
