namespace Recommender.Features.State;

/// <summary>Watch time by duration.</summary>
internal static class WatchRatio
{
    /// <summary>The largest ratio that counts: a video left running in a loop says little.</summary>
    public const float Max = 10;

    /// <summary>
    /// Ratios are multiples of this power of two. Sums of such numbers are exact in a double up to some 10^11 views, and so do not depend on the
    /// order of the events.
    /// </summary>
    public const float Step = 1f / 1024;

    /// <summary>The ratio, 0 to <see cref="Max"/>; null when watch time or duration is unknown.</summary>
    /// <param name="watchTimeMs">Watch time, milliseconds.</param>
    /// <param name="durationMs">Duration of the video, milliseconds; 0 when unknown.</param>
    public static float? Of(long? watchTimeMs, long durationMs)
    {
        if (watchTimeMs is not { } watched || durationMs <= 0) return null;
        var ratio = Math.Clamp((double)watched / durationMs, 0, Max);
        return (float)Math.Round(ratio / Step) * Step;
    }
}
