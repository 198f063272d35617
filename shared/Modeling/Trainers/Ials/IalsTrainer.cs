using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.Ials;

/// <summary>
/// Implicit alternating least squares with exact half-steps. Minimizes
/// sum over interactions c (1 - x'y)^2 + alpha0 * sum over all pairs (x'y)^2 + sum over rows ridge |row|^2,
/// where ridge = lambda * (interactions of the row + alpha0 * size of the other side)^nu. With a popularity exponent above 0 an item's half-step
/// multiplies its alpha0 by its popularity^exponent, 1 on average (after He et al., "Fast Matrix Factorization for Online Recommendation
/// with Implicit Feedback", 2016); the viewers' half-step does not, so that a history folds in from the item factors alone, and ranks better so.
/// Hu, Koren, Volinsky, "Collaborative Filtering for Implicit Feedback Datasets" (2008); objective, scaling and start as in
/// Rendle, Krichene, Zhang, Koren, "Revisiting the Performance of iALS on Item Recommendation Benchmarks" (2021).
/// </summary>
public sealed class IalsTrainer(IalsParameters parameters) : ITrainer
{
    /// <summary>The registered name.</summary>
    public const string TrainerName = "ials";

    /// <inheritdoc/>
    public string Name => TrainerName;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Parameters => parameters.ToSettings();

    // Each side while it is trained, and as the model keeps it; the items once more to fold histories in; the interactions by item; and what
    // a thread works with, above all the equations of a row.
    internal static double BytesOf(InteractionMatrix interactions, IalsParameters parameters)
    {
        double k = Lanes.RoundUp(parameters.Factors);
        var threads = parameters.Threads > 0 ? parameters.Threads : Environment.ProcessorCount;
        return (sizeof(float) * k * ((2.0 * interactions.RowCount) + (3.0 * interactions.ColumnCount)))
            + (sizeof(int) * ((double)interactions.Count + (2.0 * interactions.RowCount) + (4.0 * interactions.ColumnCount)))
            + ((threads + 4) * sizeof(double) * k * k);
    }

    /// <inheritdoc/>
    public IScoringModel Train(TrainingData data, Action<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.Check();
        var signed = SignedData.Of(data, parameters);
        MemoryNeed.Check(Name, BytesOf(signed.Joined.Interactions, parameters), "lower 'factors'");
        var resolved = signed.Resolve(parameters);
        var run = new IalsRun(signed.Joined, resolved, cancellationToken);
        var iterations = data.WarmStart is null ? resolved.Iterations : resolved.WarmIterations;
        progress?.Invoke(new TrainingProgress(0, iterations));
        for (var iteration = 1; iteration <= iterations; iteration++)
        {
            run.Iterate();
            progress?.Invoke(new TrainingProgress(iteration, iterations) { Current = () => signed.Split(run.Current()) });
        }

        return signed.Split(run.Finish());
    }
}
