namespace Recommender.Modeling.Trainers.GraphFilter;

/// <summary>Parameters of <see cref="GraphFilterTrainer"/>.</summary>
internal sealed record GraphFilterParameters
{
    public static ParameterSchema<GraphFilterParameters> Schema { get; } = new ParameterSchema<GraphFilterParameters>(GraphFilterTrainer.TrainerName)
        .Integer("rank", 1, 2048, "dimensions of the low-pass part", p => p.Rank, (p, v) => p with { Rank = v })
        .Number("low_pass_weight", 0, 1e3, "weight of the low-pass part against the smoothing over neighbours", p => p.LowPassWeight, (p, v) => p with { LowPassWeight = v })
        .Number("low_pass_power", 0, 8, "power of the singular values in the low-pass part; 0: all kept frequencies alike", p => p.LowPassPower, (p, v) => p with { LowPassPower = v })
        .Number("viewer_exponent", 0, 1, "how much the length of a history takes from the weight of an edge", p => p.ViewerExponent, (p, v) => p with { ViewerExponent = v })
        .Number("item_exponent", 0, 1, "how much the popularity of a video takes from the weight of an edge", p => p.ItemExponent, (p, v) => p with { ItemExponent = v })
        .Number("source_exponent", -1, 2, "how much the popularity of a watched video takes from what it says in the low-pass part", p => p.SourceExponent, (p, v) => p with { SourceExponent = v })
        .Number("target_exponent", -1, 2, "how much the popularity of a candidate takes from its score in the low-pass part", p => p.TargetExponent, (p, v) => p with { TargetExponent = v })
        .Integer("neighbours", 0, 100_000, "videos that each video speaks for in the smoothing; 0: all that share a viewer", p => p.Neighbours, (p, v) => p with { Neighbours = v })
        .Number(
            "recency_half_life", 0, 1e6, "newer videos after which a video of a history weighs half; 0: order does not matter",
            p => p.RecencyHalfLife, (p, v) => p with { RecencyHalfLife = v })
        .Choice("negatives", "whether dislikes count against similar videos", p => p.UseNegatives ? Switch.On : Switch.Off, (p, v) => p with { UseNegatives = v == Switch.On })
        .Number("negative_weight", 0, 100, "weight of a disliked video against similar ones; by default none, for it did harm where a dislike says little of taste", p => p.NegativeWeight, (p, v) => p with { NegativeWeight = v })
        .Integer("passes", 0, 100, "passes of the subspace iteration", p => p.Passes, (p, v) => p with { Passes = v })
        .Integer("history_limit", 2, 100_000, "newest videos of a viewer that are learned from; without an order, videos at even distances", p => p.HistoryLimit, (p, v) => p with { HistoryLimit = v })
        .Integer("seed", 0, int.MaxValue, "of the random start of the subspace iteration", p => p.Seed, (p, v) => p with { Seed = v })
        .Integer("threads", 0, 1024, "threads at most; 0: one per processor; never changes the result", p => p.Threads, (p, v) => p with { Threads = v });

    public int Rank { get; init; } = 512;

    public double LowPassWeight { get; init; } = 0.3;

    public double LowPassPower { get; init; }

    public double ViewerExponent { get; init; } = 0.4;

    public double ItemExponent { get; init; } = 0.4;

    public double SourceExponent { get; init; } = 0.5;

    public double TargetExponent { get; init; } = -0.5;

    public int Neighbours { get; init; } = 1000;

    public double RecencyHalfLife { get; init; }

    public bool UseNegatives { get; init; } = true;

    public double NegativeWeight { get; init; }

    public int Passes { get; init; } = 4;

    public int HistoryLimit { get; init; } = 1000;

    public int Seed { get; init; } = 1;

    public int Threads { get; init; }
}
