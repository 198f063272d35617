using System.Globalization;
using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.Ials;

/// <summary>Parameters of <see cref="IalsTrainer"/>; symbols as in Rendle et al., "Revisiting the Performance of iALS" (2021).</summary>
public sealed record IalsParameters
{
    internal static readonly ParameterSchema<IalsParameters> Schema = new ParameterSchema<IalsParameters>(IalsTrainer.TrainerName)
        .Integer("factors", 1, 2048, "length of a viewer's and a video's vector", p => p.Factors, (p, v) => p with { Factors = v })
        .Integer("iterations", 1, 1000, "passes over viewers and videos", p => p.Iterations, (p, v) => p with { Iterations = v })
        .Integer(
            "warm_iterations", 1, 1000, "passes when a run begins with the factors of an earlier model",
            p => p.WarmIterations, (p, v) => p with { WarmIterations = v })
        .NumberOrAuto("regularization", 1e-9, 1e6, "lambda, strength of the regularisation; auto: from the data's size", p => p.Regularization, (p, v) => p with { Regularization = v })
        .Number(
            "regularization_exponent", 0, 2, "nu, how the regularisation grows with the number of interactions; 0: not at all, 1: in proportion",
            p => p.RegularizationExponent, (p, v) => p with { RegularizationExponent = v })
        .NumberOrAuto(
            "unobserved_weight", 0, 1e3, "alpha0, weight of a pair without an interaction; auto: from the data's density",
            p => p.UnobservedWeight, (p, v) => p with { UnobservedWeight = v })
        .NumberOrAuto(
            "popularity_exponent", 0, 2, "delta, how a video's unobserved weight grows with its popularity; 0: not at all, 1: in proportion; auto: from the data's density",
            p => p.PopularityExponent, (p, v) => p with { PopularityExponent = v })
        .Number("alpha", 1e-6, 1e6, "factor of an interaction's confidence", p => p.Alpha, (p, v) => p with { Alpha = v })
        .Choice("confidence", "whether a value r counts as r or as ln(1 + r)", p => p.Confidence, (p, v) => p with { Confidence = v })
        .Choice(
            "negatives", "whether dislikes are learned from: each video has a second vector, what disliking it says of the viewer",
            p => p.UseNegatives ? Switch.On : Switch.Off, (p, v) => p with { UseNegatives = v == Switch.On })
        .Number(
            "negative_weight", 1e-3, 1e3, "factor of a dislike's confidence, beside alpha",
            p => p.NegativeWeight, (p, v) => p with { NegativeWeight = v })
        .Number("init_stddev", 1e-9, 10, "length of a random first vector, roughly", p => p.InitStddev, (p, v) => p with { InitStddev = v })
        .Integer("seed", 0, int.MaxValue, "of the random first vectors", p => p.Seed, (p, v) => p with { Seed = v })
        .Integer("threads", 0, 1024, "threads at most; 0: one per processor; never changes the result", p => p.Threads, (p, v) => p with { Threads = v });

    // What a device of another kind does in its own way is not among the parameters it shares.
    private static readonly ParameterSchema<IalsParameters> OwnSchema = new ParameterSchema<IalsParameters>(IalsTrainer.TrainerName)
        .Include(Schema, p => p, (_, v) => v)
        .Choice(
            "solver", "of a half-step: exact: Cholesky; cg: steps of conjugate gradient from the last factors; auto: for each row what costs less",
            p => p.Solver, (p, v) => p with { Solver = v })
        .Integer("cg_steps", 1, 100, "steps of conjugate gradient at most; a row near its solution is left sooner", p => p.CgSteps, (p, v) => p with { CgSteps = v });

    /// <summary>Length of a vector, 1 to 2048.</summary>
    public int Factors { get; init; } = 64;

    /// <summary>Passes over both sides, 1 to 1000.</summary>
    public int Iterations { get; init; } = 5;

    /// <summary>Passes of a run with a <see cref="TrainingData.WarmStart"/>, 1 to 1000.</summary>
    public int WarmIterations { get; init; } = 1;

    /// <summary>Lambda, above 0; null: <see cref="Resolve"/> derives it from the data.</summary>
    public double? Regularization { get; init; }

    /// <summary>Nu, 0 to 2.</summary>
    public double RegularizationExponent { get; init; } = 1.0;

    /// <summary>Alpha0, from 0; null: <see cref="Resolve"/> derives it from the data.</summary>
    public double? UnobservedWeight { get; init; }

    /// <summary>
    /// Delta: an item's own half-step weighs the viewers who did not choose it in proportion to popularity^delta, 1 on average. That nobody
    /// chose a popular video says more than that nobody came across a rare one. 0 to 2; 0: all items alike; null: <see cref="Resolve"/> derives it from
    /// the data.
    /// </summary>
    public double? PopularityExponent { get; init; }

    /// <summary>Factor of an interaction's confidence, above 0.</summary>
    public double Alpha { get; init; } = 1.0;

    /// <summary>How a value becomes a confidence.</summary>
    public ConfidenceScale Confidence { get; init; } = ConfidenceScale.Linear;

    /// <summary>Whether dislikes are learned from.</summary>
    public bool UseNegatives { get; init; } = true;

    /// <summary>Factor of a dislike's confidence, above 0. The default was found on kuairand_signed's validation file.</summary>
    public double NegativeWeight { get; init; } = 2.0;

    /// <summary>How a row is solved while training; the viewers' final vectors are always solved exactly.</summary>
    public IalsSolver Solver { get; init; } = IalsSolver.Auto;

    /// <summary>Steps of conjugate gradient at most, 1 to 100; a row near its solution is left sooner.</summary>
    public int CgSteps { get; init; } = 3;

    /// <summary>Each random first coordinate has the deviation init_stddev / sqrt(factors). Above 0.</summary>
    public double InitStddev { get; init; } = 0.1;

    /// <summary>Of the random first vectors.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads at most; 0: one per processor. Never changes the result.</summary>
    public int Threads { get; init; }

    /// <summary>The part that a viewer's fold-in needs.</summary>
    /// <exception cref="InvalidOperationException">A parameter is still to be derived from data.</exception>
    public FoldInSettings FoldIn => new()
    {
        UnobservedWeight = UnobservedWeight ?? throw Unresolved("unobserved_weight"),
        Regularization = Regularization ?? throw Unresolved("regularization"),
        RegularizationExponent = RegularizationExponent,
        Alpha = Alpha,
        Confidence = Confidence,
    };

    /// <summary><see cref="PopularityExponent"/> as a number.</summary>
    /// <exception cref="InvalidOperationException">It is still to be derived from data.</exception>
    public double ResolvedPopularityExponent => PopularityExponent ?? throw Unresolved("popularity_exponent");

    /// <summary>Reads key=value settings over the defaults.</summary>
    /// <exception cref="ParameterException">An unknown key, or a value out of range.</exception>
    public static IalsParameters Parse(IReadOnlyDictionary<string, string> settings) => OwnSchema.Parse(settings);

    /// <summary>As <see cref="Parse"/>, of a trainer that has these parameters and more: settings of other keys are left out.</summary>
    /// <exception cref="ParameterException">A value out of range.</exception>
    public static IalsParameters ParseAmong(IReadOnlyDictionary<string, string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var own = Schema.Describe().Select(p => p.Key).ToHashSet(StringComparer.Ordinal);
        return Parse(settings.Where(s => own.Contains(s.Key)).ToDictionary());
    }

    /// <summary>All keys with their defaults, ranges and meaning.</summary>
    public static IReadOnlyList<ParameterDescription> Describe() => OwnSchema.Describe();

    /// <summary>All keys with the values of this record.</summary>
    public IReadOnlyDictionary<string, string> ToSettings() => OwnSchema.ToSettings(this);

    /// <summary>
    /// These parameters with a number for each one that was left to the data. Of density d: the unobserved pairs of a row together weigh fifteen times its interactions where
    /// data are sparse, and less where they are dense, 15 d / (1 + 33 d) each; delta is -0.19 - 0.225 log10(d), from 0.15 to 0.6, for of few videos a viewer has met nearly all
    /// that are popular. The ridge of an average row is a third of where the spectrum of a random matrix of this density ends (the roots of the mean interactions of a viewer
    /// and of an item, added). It is more where the smaller side has less than 2,500 rows, up to 1.8 times, since vectors of the usual length then have room for noise. All
    /// were found on parts of the training data of twenty sets of densities from 0.0003 to 0.05, where they come close to the best; weights and ridge grow with the
    /// confidences, so that a common factor of all of them changes nothing. Where dislikes are among the interactions, the ridge grows with the root of how many there are for each
    /// like, if that is more: what is ranked is likes, and of those a smaller share of the interactions tells (validation files of four such sets, with 1.25 to 7 interactions per like).
    /// </summary>
    /// <param name="interactions">What is trained on.</param>
    /// <param name="perLike">Interactions per like, from 1; 1 where all are likes.</param>
    public IalsParameters Resolve(InteractionMatrix interactions, double perLike = 1)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        if (UnobservedWeight is not null && Regularization is not null && PopularityExponent is not null) return this;
        var statistics = InteractionStatistics.Of(interactions, new FoldInSettings { Alpha = Alpha, Confidence = Confidence });
        var unobserved = UnobservedWeight ?? 15 * statistics.Density / (1 + (33 * statistics.Density)) * statistics.MeanConfidence;
        var frequency = Math.Pow(statistics.MeanPerRow + (unobserved * interactions.ColumnCount), RegularizationExponent);
        var edge = Math.Sqrt(statistics.MeanPerRow) + Math.Sqrt(statistics.MeanPerColumn);
        var ofSmall = Math.Clamp(2500 / statistics.SmallerSide, 1, 1.8);
        var ridge = edge / 3 * statistics.MeanConfidence * Math.Max(ofSmall, Math.Sqrt(perLike));
        return this with
        {
            UnobservedWeight = UnobservedWeight ?? Round(unobserved),
            Regularization = Regularization ?? Round(ridge / frequency),
            PopularityExponent = PopularityExponent ?? Math.Round(Math.Clamp(-0.19 - (0.225 * Math.Log10(statistics.Density)), 0.15, 0.6), 3),
        };
    }

    // Six digits are more than enough, and readable in a report.
    private static double Round(double value) => double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static InvalidOperationException Unresolved(string key) => new($"The parameter '{key}' is 'auto': it gets a number when the model is trained.");
}
