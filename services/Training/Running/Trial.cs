using Recommender.Modeling.Evaluation;

namespace Recommender.Training.Running;

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
}
