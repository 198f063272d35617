using Recommender.V1;

namespace Recommender.Hosting.Online;

/// <summary>One of a viewer's newest events.</summary>
/// <param name="VideoId">The video.</param>
/// <param name="Type">What happened.</param>
/// <param name="OccurredAtMs">When, Unix milliseconds.</param>
/// <param name="WatchRatio">Watch time by duration, 0 when unknown; at most 10.</param>
/// <param name="Key">What the event is known by again; see <see cref="RetryKey"/>.</param>
public readonly record struct RecentInteraction(string VideoId, EventType Type, long OccurredAtMs, float WatchRatio, ulong Key = 0)
{
    /// <summary>The video's number among the texts that were known to who read it (<see cref="IKnownTexts"/>), which is not stored; -1 when it has none.</summary>
    public int Number { get; init; } = -1;
}
