using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.Ials;

/// <summary>
/// Implicit alternating least squares with exact half-steps. Minimizes
/// sum over interactions c (1 - x'y)^2 + alpha0 * sum over all pairs share (x'y)^2 + sum over rows ridge |row|^2,
/// where share = (popularity of the item)^popularity_exponent, 1 on average, and
/// ridge = lambda * (interactions of the row + alpha0 * shares of all pairs of the row)^nu.
/// Hu, Koren, Volinsky, "Collaborative Filtering for Implicit Feedback Datasets" (2008); objective, scaling and start as in
/// Rendle, Krichene, Zhang, Koren, "Revisiting the Performance of iALS on Item Recommendation Benchmarks" (2021); popularity-weighted unobserved pairs as in He et al., "Fast Matrix Factorization for Online Recommendation with Implicit
/// Feedback" (2016).
/// </summary>
public sealed class IalsTrainer(IalsParameters parameters) : ITrainer
{
    /// <summary>The registered name.</summary>
    public const string TrainerName = "ials";

    private const int RowsAtOnce = 64;

    private readonly FoldInSettings _settings = parameters.FoldIn;

    /// <inheritdoc/>
    public string Name => TrainerName;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Parameters => parameters.ToSettings();

    /// <inheritdoc/>
    public IScoringModel Train(TrainingData data, Action<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.Check();
        var byUser = data.Interactions;
        var byItem = byUser.Transpose();
        var users = new FactorMatrix(byUser.RowCount, parameters.Factors);
        var items = RandomFactors(byItem);
        var popularity = Array.ConvertAll(byUser.ColumnLengths(), n => (float)n);
        var shares = _settings.UnobservedShares(popularity);
        progress?.Invoke(new TrainingProgress(0, parameters.Iterations));
        for (var iteration = 1; iteration <= parameters.Iterations; iteration++)
        {
            UserStep(byUser, items, users, shares, cancellationToken);
            ItemStep(byItem, users, items, shares, cancellationToken);
            progress?.Invoke(new TrainingProgress(iteration, parameters.Iterations));
        }

        // The viewers' vectors belong to the final items, so that folding a history in gives the same vector.
        UserStep(byUser, items, users, shares, cancellationToken);
        return new FactorModel(Name, users, items, _settings, popularity);
    }

    /// <summary>Solves every viewer against the items.</summary>
    internal void UserStep(InteractionMatrix byUser, FactorMatrix items, FactorMatrix users, float[] shares, CancellationToken cancellationToken) =>
        HalfStep(byUser, items, users, gramShares: shares, rowShares: null, cancellationToken);

    /// <summary>Solves every item against the viewers.</summary>
    internal void ItemStep(InteractionMatrix byItem, FactorMatrix users, FactorMatrix items, float[] shares, CancellationToken cancellationToken) =>
        HalfStep(byItem, users, items, gramShares: null, rowShares: shares, cancellationToken);

    private void HalfStep(
        InteractionMatrix interactions, FactorMatrix source, FactorMatrix target, float[]? gramShares, float[]? rowShares, CancellationToken cancellationToken)
    {
        var stride = Lanes.RoundUp(parameters.Factors);
        var scaledGram = new AlignedBuffer(checked(stride * stride));
        Gram.Compute(source.Array, parameters.Factors, gramShares, parameters.UnobservedWeight, scaledGram.Span, parameters.Threads, cancellationToken);
        RowWorkers.Run(interactions.RowCount, RowsAtOnce, parameters.Threads, () => RowSolver.Create(parameters.Factors, _settings), (solver, from, to) =>
        {
            for (var row = from; row < to; row++)
            {
                var share = rowShares is null ? 1f : rowShares[row];
                solver.Solve(
                    interactions.RowColumns(row), interactions.RowValues(row), source.Data, source.RowCount, scaledGram, share, target.WritableRow(row));
            }
        }, cancellationToken);
    }

    /// <summary>Random vectors for the items that occur; zeros for the others, which nothing could ever move.</summary>
    internal FactorMatrix RandomFactors(InteractionMatrix byItem)
    {
        var factors = new FactorMatrix(byItem.RowCount, parameters.Factors);
        var deviation = parameters.InitStddev / Math.Sqrt(parameters.Factors);
        for (var item = 0; item < factors.RowCount; item++)
        {
            if (byItem.RowLength(item) == 0) continue;
            var random = new Randomness((ulong)parameters.Seed, (ulong)item);
            foreach (ref var factor in factors.WritableRow(item)) factor = (float)(deviation * random.NextNormal());
        }

        return factors;
    }
}
