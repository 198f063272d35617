namespace Recommender.Standalone.Experiments;

/// <summary>What may come of showing a video.</summary>
internal enum Outcome
{
    /// <summary>It was played.</summary>
    View,

    /// <summary>It was liked.</summary>
    Like,

    /// <summary>It was shared.</summary>
    Share,

    /// <summary>Seconds for which it was played.</summary>
    WatchSeconds,
}
