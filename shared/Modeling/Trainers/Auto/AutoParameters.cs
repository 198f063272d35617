using System.Globalization;
using Recommender.Modeling.Trainers.Validation;

namespace Recommender.Modeling.Trainers.Auto;

/// <summary>Parameters of <see cref="AutoTrainer"/>.</summary>
internal sealed record AutoParameters
{
    private const double MostSeconds = 1e7;
    private const int MostTrials = 1_000_000;

    public static ParameterSchema<AutoParameters> Schema { get; } = new ParameterSchema<AutoParameters>(AutoTrainer.TrainerName)
        .Text("trainers", "names of trainers, separated by commas, or all", "what is tried", IsTrainerList, p => p.Trainers, (p, v) => p with { Trainers = v })
        .Number("budget_seconds", 0, MostSeconds, "time for trials and what follows them, roughly; 0: trials decides", p => p.BudgetSeconds, (p, v) => p with { BudgetSeconds = v })
        .Integer("trials", 0, MostTrials, "trials at most, whatever time they take: the same result every time; 0: budget_seconds decides", p => p.Trials, (p, v) => p with { Trials = v })
        .Text("metric", ValidationMetric.Allowed, "what decides", text => ValidationMetric.TryParse(text, out _), p => p.Metric, (p, v) => p with { Metric = v })
        .Integer("blend_parts", 1, 8, "trainers in the blend at most; 1: the winner alone", p => p.BlendParts, (p, v) => p with { BlendParts = v })
        .Choice("refit", "what the winner is trained on at last: the training data, or all, given validation data too", p => p.Refit, (p, v) => p with { Refit = v })
        .Integer("seed", 0, int.MaxValue, "of the parameters that are tried", p => p.Seed, (p, v) => p with { Seed = v })
        .Integer("threads", 0, 1024, "threads at most; 0: one per processor; never changes the result", p => p.Threads, (p, v) => p with { Threads = v });

    public string Trainers { get; init; } = "all";

    public double BudgetSeconds { get; init; } = 300;

    public int Trials { get; init; }

    public string Metric { get; init; } = "ndcg@20";

    public int BlendParts { get; init; } = 4;

    public AutoRefit Refit { get; init; } = AutoRefit.Train;

    public int Seed { get; init; } = 1;

    public int Threads { get; init; }

    public ValidationMetric ValidationMetric => ValidationMetric.TryParse(Metric, out var metric) ? metric : throw new InvalidOperationException(Metric);

    public bool Allows(string trainer) => Trainers == "all" || Names(Trainers).Contains(trainer);

    /// <summary>Reads settings.</summary>
    /// <exception cref="ParameterException">One is wrong, or nothing would ever end the search.</exception>
    public static AutoParameters Parse(IReadOnlyDictionary<string, string> settings)
    {
        var parameters = Schema.Parse(settings);
        if (parameters.BudgetSeconds > 0 || parameters.Trials > 0) return parameters;
        throw new ParameterException(string.Create(CultureInfo.InvariantCulture,
            $"The trainer '{AutoTrainer.TrainerName}' would never end: of its parameters 'budget_seconds' (0 to {MostSeconds}) and 'trials' (0 to {MostTrials}) one must be above 0."));
    }

    private static string[] Names(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool IsTrainerList(string text) =>
        text == "all" || (Names(text).Length > 0 && Names(text).All(name => SearchSpace.Trainers.Contains(name)));
}
