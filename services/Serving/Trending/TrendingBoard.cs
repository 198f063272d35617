using Recommender.Hosting.Online;

namespace Recommender.Serving.Trending;

/// <summary>
/// What trends, per window, as last read from Redis. It is what is left of the online state when Redis is gone. Safe for concurrent use.
/// </summary>
internal sealed class TrendingBoard(ServingOptions options, TimeProvider time)
{
    private Snapshot _snapshot = new(Empty(), null);

    /// <summary>Whether the board was read lately. False as well when it was never read.</summary>
    public bool IsCurrent => ReadAt is { } at && time.GetElapsedTime(at) <= options.TrendingMaxAge;

    /// <summary>How long ago the board was read; null when never.</summary>
    public TimeSpan? Age => ReadAt is { } at ? time.GetElapsedTime(at) : null;

    private long? ReadAt => Volatile.Read(ref _snapshot).ReadAt;

    /// <summary>The window of that name, e.g. <c>24h</c>; null when there is no such window.</summary>
    public TrendingWindow? Find(string name) => Array.Find(Volatile.Read(ref _snapshot).Windows, w => w.Name == name);

    /// <summary>Puts newly read windows in place of the old ones.</summary>
    public void Publish(TrendingWindow[] windows) => Volatile.Write(ref _snapshot, new Snapshot(windows, time.GetTimestamp()));

    private static TrendingWindow[] Empty() => [.. OnlineKeys.Windows.Select(w => new TrendingWindow(w.Name, w.HalfLife, []))];

    private sealed record Snapshot(TrendingWindow[] Windows, long? ReadAt);
}
