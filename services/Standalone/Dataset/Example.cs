namespace Recommender.Standalone.Dataset;

/// <summary>A moment to learn from: a video was shown to a viewer, or a viewer did something, and what came of it.</summary>
/// <param name="AtMs">When, Unix milliseconds.</param>
/// <param name="User">Number of the viewer.</param>
/// <param name="Video">Number of the video.</param>
/// <param name="RequestId">The response that showed it; empty when unknown.</param>
/// <param name="Position">0-based place in it.</param>
/// <param name="Source">The source that proposed it; empty when unknown.</param>
/// <param name="Propensity">Probability with which it was put there; 0 when unknown.</param>
internal sealed record Example(long AtMs, int User, int Video, string RequestId, int Position, string Source, double Propensity)
{
    /// <summary>Whether it was viewed.</summary>
    public bool IsViewed { get; set; }

    /// <summary>Milliseconds watched.</summary>
    public long WatchedMs { get; set; }

    /// <summary>Whether it was liked.</summary>
    public bool IsLiked { get; set; }

    /// <summary>Whether it was shared.</summary>
    public bool IsShared { get; set; }

    /// <summary>Whether it was skipped.</summary>
    public bool IsSkipped { get; set; }

    /// <summary>Takes an outcome.</summary>
    public void Take(V1.EventType type, long watchedMs)
    {
        switch (type)
        {
            case V1.EventType.View: (IsViewed, WatchedMs) = (true, Math.Max(WatchedMs, watchedMs)); break;
            case V1.EventType.Like: IsLiked = true; break;
            case V1.EventType.Share: IsShared = true; break;
            case V1.EventType.Skip: IsSkipped = true; break;
        }
    }
}

/// <summary>An example with what was known just before it.</summary>
/// <param name="Of">The example.</param>
/// <param name="Viewer">What the viewer had done.</param>
/// <param name="Clip">What had been done with the video, by everybody.</param>
/// <param name="Pair">What the viewer had done with the video.</param>
internal readonly record struct PointInTimeRow(Example Of, Tally Viewer, Tally Clip, Tally Pair);
