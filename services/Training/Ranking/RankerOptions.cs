using Recommender.Hosting.Configuration;
using Recommender.Modeling.Ranking;

namespace Recommender.Training.Ranking;

/// <summary>How the ranker is learnt from impressions and judged.</summary>
public sealed record RankerOptions
{
    /// <summary>Whether runs learn a ranker at all. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Impressions with known outcomes below which none is learnt, and the plain blend ranks. 500 to 10,000,000; default 20,000.</summary>
    public int MinImpressions { get; init; } = 20_000;

    /// <summary>Impressions that are learnt from at most: a sample of the answers of the newest days. 1,000 to 10,000,000; default 500,000.</summary>
    public int MaxImpressions { get; init; } = 500_000;

    /// <summary>How long after an impression an outcome may arrive and still be its own. 1 s to 7 days; default 30 minutes.</summary>
    public TimeSpan OutcomeWindow { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Share of the newest impressions that the ranker and the blend are compared on. 0.05 to 0.5; default 0.2.</summary>
    public double TestFraction { get; init; } = 0.2;

    /// <summary>Gain of nDCG over the plain blend that noise must not explain. 0 to 1; default 0.</summary>
    public double MinGain { get; init; }

    /// <summary>What a like is worth in the comparison. 0 to 100; as <c>Serving:LikeWeight</c> by default.</summary>
    public double LikeWeight { get; init; } = OutcomeWeights.Default.Like;

    /// <summary>What a share is worth in the comparison. 0 to 100; as <c>Serving:ShareWeight</c> by default.</summary>
    public double ShareWeight { get; init; } = OutcomeWeights.Default.Share;

    /// <summary>What watching all of a video is worth in the comparison. 0 to 100; as <c>Serving:WatchWeight</c> by default.</summary>
    public double WatchWeight { get; init; } = OutcomeWeights.Default.Watch;

    /// <summary>The worth of outcomes.</summary>
    internal OutcomeWeights Weights => new(LikeWeight, ShareWeight, WatchWeight);

    /// <summary>Checks every value.</summary>
    internal void Validate(OptionsCheck check)
    {
        check.Range(MinImpressions, 500, 10_000_000, Name(nameof(MinImpressions)));
        check.Range(MaxImpressions, 1000, 10_000_000, Name(nameof(MaxImpressions)));
        check.That(MaxImpressions >= MinImpressions, MaxImpressions, "it must be at least Training:Ranker:MinImpressions", Name(nameof(MaxImpressions)));
        check.Range(OutcomeWindow, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), Name(nameof(OutcomeWindow)));
        check.Range(TestFraction, 0.05, 0.5, Name(nameof(TestFraction)));
        check.Range(MinGain, 0, 1, Name(nameof(MinGain)));
        check.Range(LikeWeight, 0, 100, Name(nameof(LikeWeight)));
        check.Range(ShareWeight, 0, 100, Name(nameof(ShareWeight)));
        check.Range(WatchWeight, 0, 100, Name(nameof(WatchWeight)));
        check.That(LikeWeight + ShareWeight + WatchWeight > 0, 0, "one outcome at least must be worth something", Name(nameof(LikeWeight)));
    }

    private static string Name(string key) => $"{nameof(TrainingOptions.Ranker)}:{key}";
}
