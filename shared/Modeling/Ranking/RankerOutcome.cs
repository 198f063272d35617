namespace Recommender.Modeling.Ranking;

/// <summary>What the ranker expects of a video that is shown, in the order of its outputs.</summary>
public enum RankerOutcome
{
    /// <summary>The probability that the viewer likes it.</summary>
    Like,

    /// <summary>The probability that the viewer shares it.</summary>
    Share,

    /// <summary>The expected part of it that the viewer watches, 0 to 1.</summary>
    Watch,
}

/// <summary>What each outcome is worth; a score is the sum of worth times expectation.</summary>
/// <param name="Like">Worth of a like, from 0.</param>
/// <param name="Share">Worth of a share, from 0.</param>
/// <param name="Watch">Worth of watching all of the video, from 0.</param>
public readonly record struct OutcomeWeights(double Like, double Share, double Watch)
{
    /// <summary>Number of outcomes.</summary>
    public const int Count = 3;

    /// <summary>The usual worth: a share spreads the video, a watched video is the least that is hoped for.</summary>
    public static OutcomeWeights Default => new(1, 2, 0.5);

    /// <summary>The worth of outcomes, or of expectations of them.</summary>
    public double Of(double like, double share, double watch) => (Like * like) + (Share * share) + (Watch * watch);
}
