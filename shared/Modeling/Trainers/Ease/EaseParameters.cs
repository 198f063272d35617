namespace Recommender.Modeling.Trainers.Ease;

/// <summary>Parameters of <see cref="EaseTrainer"/>.</summary>
internal sealed record EaseParameters
{
    public static ParameterSchema<EaseParameters> Schema { get; } = new ParameterSchema<EaseParameters>(EaseTrainer.TrainerName)
        .NumberOrAuto("regularization", 1e-3, 1e9, "lambda, strength of the regularisation; auto: 100, times the likes and dislikes per like", p => p.Regularization, (p, v) => p with { Regularization = v })
        .Number("dropout", 0, 0.99, "share of each history hidden while learning, which regularises popular videos more", p => p.Dropout, (p, v) => p with { Dropout = v })
        .Number("viewer_exponent", 0, 1, "how much the length of a history takes from its weight", p => p.ViewerExponent, (p, v) => p with { ViewerExponent = v })
        .Number("target_exponent", -1, 1, "how much the popularity of a candidate takes from its score", p => p.TargetExponent, (p, v) => p with { TargetExponent = v })
        .Number(
            "recency_half_life", 0, 1e6, "newer videos after which a video of a history weighs half; 0: order does not matter",
            p => p.RecencyHalfLife, (p, v) => p with { RecencyHalfLife = v })
        .Choice("negatives", "whether it is learned from dislikes as well", p => p.UseNegatives ? Switch.On : Switch.Off, (p, v) => p with { UseNegatives = v == Switch.On })
        .Number("negative_weight", 0.01, 100, "weight of a disliked video in a history", p => p.NegativeWeight, (p, v) => p with { NegativeWeight = v })
        .Number("negative_target", 0, 100, "what a disliked video should score, with the sign turned; 0: what an unmet one should", p => p.NegativeTarget, (p, v) => p with { NegativeTarget = v })
        .Integer("max_items", 1, 46_000, "rows of the square matrix at most, one per video, two with dislikes; it takes 4 bytes x rows^2", p => p.MaxItems, (p, v) => p with { MaxItems = v })
        .Choice("catalog", "whether a larger catalog is refused, or learned about its most popular videos alone", p => p.Catalog, (p, v) => p with { Catalog = v })
        .Integer("history_limit", 2, 100_000, "newest videos of a viewer that are learned from", p => p.HistoryLimit, (p, v) => p with { HistoryLimit = v })
        .Integer("threads", 0, 1024, "threads at most; 0: one per processor; never changes the result", p => p.Threads, (p, v) => p with { Threads = v });

    /// <summary>Lambda, above 0; null: <see cref="Resolve"/> derives it from the data.</summary>
    public double? Regularization { get; init; }

    public double Dropout { get; init; }

    public double ViewerExponent { get; init; }

    public double TargetExponent { get; init; }

    public double RecencyHalfLife { get; init; }

    public bool UseNegatives { get; init; } = true;

    public double NegativeWeight { get; init; } = 1;

    public double NegativeTarget { get; init; }

    public int MaxItems { get; init; } = 20_000;

    public EaseCatalog Catalog { get; init; } = EaseCatalog.Whole;

    public int HistoryLimit { get; init; } = 1000;

    public int Threads { get; init; }

    /// <summary>
    /// These parameters with a number for the regularisation. With dislikes a history is longer while no more of it is what is ranked: found on the validation
    /// files of three sets with 1.25 to 7 interactions per like.
    /// </summary>
    public EaseParameters Resolve(long likes, long dislikes) =>
        Regularization is null ? this with { Regularization = Math.Round(100 * (1 + (dislikes / (double)Math.Max(1, likes))), 3) } : this;
}
