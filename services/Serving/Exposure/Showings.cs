namespace Recommender.Serving.Exposure;

/// <summary>How often a video was shown in one window of time. Safe for concurrent use.</summary>
/// <param name="window">The window's number.</param>
internal sealed class Showings(long window)
{
    private long _count;

    /// <summary>The number of the window.</summary>
    public long Window { get; } = window;

    /// <summary>How often.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>It is shown once more.</summary>
    public void Add() => Interlocked.Increment(ref _count);
}
