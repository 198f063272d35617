using Recommender.V1;

namespace Recommender.Hosting.Online;

/// <summary>
/// By what an event is known again when a client sends it twice: its id, and what it says was done with which video. A retry has both, so of the
/// id's hash 26 bits suffice beside the interaction itself. Of another event they are the same in one of 2^26 cases (1.5e-8) for each one that the
/// viewer did with the same video before. An event that left the newest interactions is known by 40 bits: the tag, and 14 bits of a hash of video
/// and type, so that one with another video is mistaken for it in one of 2^40 cases (9e-13).
/// </summary>
public static class RetryKey
{
    /// <summary>Bits of a <see cref="TagOf"/>.</summary>
    public const int TagBits = 26;

    private const ulong ContentMask = (1 << 14) - 1;

    /// <summary>The tag of an event.</summary>
    /// <param name="eventId">Hash of its id (<see cref="StableHash"/>).</param>
    public static uint TagOf(ulong eventId) => (uint)(eventId & ((1 << TagBits) - 1));

    /// <summary>The key of 40 bits of an event that left the newest interactions.</summary>
    /// <param name="tag">Its tag.</param>
    /// <param name="video">Hash of the video's id (<see cref="StableHash"/>).</param>
    /// <param name="type">What was done.</param>
    public static ulong Of(uint tag, ulong video, EventType type) => tag | ((((video >> 48) + (ulong)type) & ContentMask) << TagBits);
}
