using Recommender.Modeling.Evaluation;

namespace Recommender.Training.Judging;

/// <summary>A recipe trained on the older events and judged by the held-out ones.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="Result">Its metrics.</param>
/// <param name="EpochSeconds">Seconds per pass over the data.</param>
internal sealed record Trial(Recipe Recipe, EvaluationResult Result, double EpochSeconds)
{
    /// <summary>The metric that candidates are compared by.</summary>
    public const string Criterion = "ndcg@20";

    /// <summary>The value of <see cref="Criterion"/>.</summary>
    public double Score => Result.Metrics[Criterion];

    /// <summary>Bootstrap intervals of the metrics that are means over viewers, by name.</summary>
    public IReadOnlyDictionary<string, BootstrapInterval> Intervals { get; init; } = new Dictionary<string, BootstrapInterval>();

    /// <summary>What its lists look like and what it costs.</summary>
    public TrialAudit Audit { get; init; } = TrialAudit.None;

    /// <summary>Quality after each pass; empty when the trainer shows none.</summary>
    public IReadOnlyList<CurvePoint> Curve { get; init; } = [];
}

/// <summary>Quality of a model in the making.</summary>
/// <param name="Iteration">Passes done.</param>
/// <param name="Score">The criterion on a sample of the test viewers.</param>
/// <param name="Seconds">Seconds of training so far.</param>
internal sealed record CurvePoint(int Iteration, double Score, double Seconds);
