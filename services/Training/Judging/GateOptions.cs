using Recommender.Hosting.Configuration;

namespace Recommender.Training.Judging;

/// <summary>What a model must show before it goes live.</summary>
public sealed record GateOptions
{
    /// <summary>Level of the bootstrap intervals; a gain counts when its whole interval lies above <see cref="MinGain"/>. 0.5 to 0.999; default 0.95.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Resamples of a bootstrap interval. 100 to 100,000; default 1000.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>Gain of ndcg@20 over popularity and over the live model's recipe that noise must not explain. 0 to 1; default 0.</summary>
    public double MinGain { get; init; }

    /// <summary>Share of the live recipe's coverage@20 that may be lost. 0 to 1; default 0.2.</summary>
    public double MaxCoverageLoss { get; init; } = 0.2;

    /// <summary>How much more popular, as a share of the catalog, the recommended videos may be than the live recipe's. 0 to 1; default 0.1.</summary>
    public double MaxPopularityRise { get; init; } = 0.1;

    /// <summary>Share of the live recipe's recall@20 of rarely watched videos that may be lost; a loss within noise does not count. 0 to 1; default 0.1.</summary>
    public double MaxTailRecallLoss { get; init; } = 0.1;

    /// <summary>How many times larger than the live recipe's a model may be. 1 to 1,000,000; default 4.</summary>
    public double MaxSizeRatio { get; init; } = 4;

    /// <summary>A model up to this size is never too large, in MiB. 0 to 1,000,000; default 256.</summary>
    public int AllowedMebibytes { get; init; } = 256;

    /// <summary>How many times slower than the live recipe's a model may score a viewer. 1 to 1,000,000; default 5.</summary>
    public double MaxScoringRatio { get; init; } = 5;

    /// <summary>A model that scores a viewer in this time is never too slow. 0 to 1 minute; default 10 milliseconds.</summary>
    public TimeSpan AllowedScoringTime { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Viewers with up to this many liked or watched videos count as new. 0 to 1000; default 10.</summary>
    public int NewViewerVideos { get; init; } = 10;

    /// <summary>Share of the videos, the most watched ones, that are the head; the others are the tail. 0.01 to 0.99; default 0.2.</summary>
    public double HeadShare { get; init; } = 0.2;

    /// <summary>Viewers that each point of a learning curve is measured on; 0: no curves. 0 to 100,000; default 200.</summary>
    public int CurveViewers { get; init; } = 200;

    /// <summary>Checks every value.</summary>
    internal void Validate(OptionsCheck check)
    {
        check.Range(Level, 0.5, 0.999, Name(nameof(Level)));
        check.Range(Resamples, 100, 100_000, Name(nameof(Resamples)));
        check.Range(MinGain, 0, 1, Name(nameof(MinGain)));
        check.Range(MaxCoverageLoss, 0, 1, Name(nameof(MaxCoverageLoss)));
        check.Range(MaxPopularityRise, 0, 1, Name(nameof(MaxPopularityRise)));
        check.Range(MaxTailRecallLoss, 0, 1, Name(nameof(MaxTailRecallLoss)));
        check.Range(MaxSizeRatio, 1, 1_000_000, Name(nameof(MaxSizeRatio)));
        check.Range(AllowedMebibytes, 0, 1_000_000, Name(nameof(AllowedMebibytes)));
        check.Range(MaxScoringRatio, 1, 1_000_000, Name(nameof(MaxScoringRatio)));
        check.Range(AllowedScoringTime, TimeSpan.Zero, TimeSpan.FromMinutes(1), Name(nameof(AllowedScoringTime)));
        check.Range(NewViewerVideos, 0, 1000, Name(nameof(NewViewerVideos)));
        check.Range(HeadShare, 0.01, 0.99, Name(nameof(HeadShare)));
        check.Range(CurveViewers, 0, 100_000, Name(nameof(CurveViewers)));
    }

    private static string Name(string key) => $"{nameof(TrainingOptions.Gate)}:{key}";
}
