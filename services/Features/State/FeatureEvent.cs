using Recommender.Hosting.Online;
using Recommender.V1;

namespace Recommender.Features.State;

/// <summary>What a viewer did, as far as online state is concerned.</summary>
/// <param name="EventId">Hash of the event's id.</param>
/// <param name="Type">What happened.</param>
/// <param name="UserId">The viewer.</param>
/// <param name="VideoId">The video that it is about; empty when it is about none.</param>
/// <param name="OccurredAtMs">When it happened, Unix milliseconds.</param>
/// <param name="WatchTimeMs">For how long the video was watched, milliseconds; null when the event does not say.</param>
/// <param name="ReceivedAtMs">When the door took it, Unix milliseconds.</param>
/// <param name="After">The place in the log behind the record: where a watermark stands that covers it.</param>
/// <param name="AuthorId">The author that it is about; empty when it is about none.</param>
internal readonly record struct FeatureEvent(
    ulong EventId, EventType Type, string UserId, string VideoId, long OccurredAtMs, long? WatchTimeMs, long ReceivedAtMs, LogPosition After, string AuthorId = "")
{
    /// <summary>A viewer's wish to be forgotten, in the same stream as what the viewer did.</summary>
    public static FeatureEvent Erasure(string userId, long requestedAtMs, LogPosition after) =>
        new(0, EventType.Unspecified, userId, "", requestedAtMs, null, requestedAtMs, after);

    /// <summary>Whether it is the wish to be forgotten.</summary>
    public bool IsErasure => Type == EventType.Unspecified;

    /// <summary>Whether a video's counters and trending hear of it.</summary>
    public bool IsOfVideo => VideoId.Length > 0;
}
