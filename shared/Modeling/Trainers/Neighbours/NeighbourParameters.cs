using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.Neighbours;

/// <summary>Parameters of <see cref="NeighbourTrainer"/>.</summary>
internal sealed record NeighbourParameters
{
    public int Neighbours { get; init; } = 200;

    public double SourceExponent { get; init; } = 0.5;

    /// <summary>From 0; null: <see cref="Resolve"/> derives it from the data.</summary>
    public double? TargetExponent { get; init; }

    public double ViewerExponent { get; init; } = 0.5;

    public double Shrink { get; init; }

    public double GapHalfLife { get; init; }

    public double Backward { get; init; } = 1;

    public double RecencyHalfLife { get; init; }

    public double NegativeWeight { get; init; }

    public bool UseNegatives { get; init; } = true;

    public int HistoryLimit { get; init; } = 1000;

    public int Threads { get; init; }

    public static ParameterSchema<NeighbourParameters> Schema(string trainer, NeighbourParameters defaults) => new ParameterSchema<NeighbourParameters>(trainer, defaults)
        .Integer("neighbours", 0, 100_000, "videos that each video speaks for; 0: all that share a viewer", p => p.Neighbours, (p, v) => p with { Neighbours = v })
        .Number("source_exponent", 0, 2, "how much the popularity of a watched video takes from what it says", p => p.SourceExponent, (p, v) => p with { SourceExponent = v })
        .NumberOrAuto(
            "target_exponent", 0, 2, "how much the popularity of a candidate takes from its score; auto: the more, the longer histories are",
            p => p.TargetExponent, (p, v) => p with { TargetExponent = v })
        .Number("viewer_exponent", 0, 2, "how much the length of a history takes from the weight of its pairs", p => p.ViewerExponent, (p, v) => p with { ViewerExponent = v })
        .Number("shrink", 0, 1e6, "a weighted count c of shared viewers is multiplied by c / (c + shrink)", p => p.Shrink, (p, v) => p with { Shrink = v })
        .Number(
            "gap_half_life", 0, 1e6, "steps between two videos of a history after which the pair counts half; 0: all pairs alike",
            p => p.GapHalfLife, (p, v) => p with { GapHalfLife = v })
        .Number("backward", 0, 10, "what a pair counts against its order, relative to in order", p => p.Backward, (p, v) => p with { Backward = v })
        .Number(
            "recency_half_life", 0, 1e6, "newer videos after which a video of a history weighs half; 0: order does not matter",
            p => p.RecencyHalfLife, (p, v) => p with { RecencyHalfLife = v })
        .Choice("negatives", "whether dislikes count against similar videos", p => p.UseNegatives ? Switch.On : Switch.Off, (p, v) => p with { UseNegatives = v == Switch.On })
        .Number("negative_weight", 0, 100, "weight of a disliked video against similar ones; by default none, for it did harm where a dislike says little of taste", p => p.NegativeWeight, (p, v) => p with { NegativeWeight = v })
        .Integer("history_limit", 2, 100_000, "newest videos of a viewer whose pairs count", p => p.HistoryLimit, (p, v) => p with { HistoryLimit = v })
        .Integer("threads", 0, 1024, "threads at most; 0: one per processor; never changes the result", p => p.Threads, (p, v) => p with { Threads = v });

    /// <summary>
    /// These parameters with a number for the target exponent: of the mean history's length m, 0.1 + m / 120 up to 0.6, from there 0.48 + m / 500 up to 0.7. Each video of a
    /// history brings what is popular once more, so that long ones say little else. Found on parts of the training data or the validation files of 21 sets, whose best
    /// exponents are mostly 0.1 to 0.2 where histories have 5 to 12 videos, 0.3 to 0.4 where they have 19 to 29, 0.5 where they have 42 to 46, and 0.6 to 0.7 where they have 81 to 112.
    /// </summary>
    public NeighbourParameters Resolve(InteractionMatrix interactions)
    {
        if (TargetExponent is not null) return this;
        var (viewers, videos) = (0, 0L);
        for (var row = 0; row < interactions.RowCount; row++)
        {
            if (interactions.RowLength(row) == 0) continue;
            viewers++;
            videos += Math.Min(interactions.RowLength(row), HistoryLimit);
        }

        var mean = (double)videos / Math.Max(1, viewers);
        var exponent = Math.Min(Math.Min(0.1 + (mean / 120), 0.48 + (mean / 500)), 0.7);
        return this with { TargetExponent = Math.Round(exponent, 3) };
    }
}
