namespace Recommender.Training.Assessing;

/// <summary>Where an assessment draws its lines.</summary>
internal sealed record AssessmentOptions
{
    /// <summary>Up to this many videos a viewer looks through a menu.</summary>
    public int MenuVideos { get; init; } = 50;

    /// <summary>Liked or watched videos that make a history.</summary>
    public int History { get; init; } = 5;

    /// <summary>Fewest viewers with a history.</summary>
    public int MinViewers { get; init; } = 50;

    /// <summary>Fewest videos that this many viewers chose, <see cref="History"/> as well.</summary>
    public int MinVideos { get; init; } = 30;

    /// <summary>Level of the bootstrap intervals.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Most iterations and factors of the simplest personal model.</summary>
    public int Factors { get; init; } = 16;

    /// <summary>Passes of the simplest personal model.</summary>
    public int Iterations { get; init; } = 8;

    /// <summary>
    /// Most viewers that both are judged by, evenly over all. Each of them is compared over the full catalog, and with more the intervals hardly get narrower.
    /// </summary>
    public int JudgedViewers { get; init; } = 10_000;

    /// <summary>Threads; 0: one per processor.</summary>
    public int Threads { get; init; }
}
