using Recommender.Modeling.FoldIn;
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
        var shares = UnobservedShares(popularity);
        progress?.Invoke(new TrainingProgress(0, parameters.Iterations));
        for (var iteration = 1; iteration <= parameters.Iterations; iteration++)
        {
            UserStep(byUser, items, users, cancellationToken);
            ItemStep(byItem, users, items, shares, cancellationToken);
            progress?.Invoke(new TrainingProgress(iteration, parameters.Iterations));
        }

        // The viewers' vectors belong to the final items, so that folding a history in gives the same vector.
        UserStep(byUser, items, users, cancellationToken);
        return new FactorModel(Name, users, items, _settings, popularity);
    }

    /// <summary>Solves every viewer against the items.</summary>
    internal void UserStep(InteractionMatrix byUser, FactorMatrix items, FactorMatrix users, CancellationToken cancellationToken) =>
        HalfStep(byUser, items, users, shares: null, cancellationToken);

    /// <summary>Solves every item against the viewers.</summary>
    internal void ItemStep(InteractionMatrix byItem, FactorMatrix users, FactorMatrix items, float[] shares, CancellationToken cancellationToken) =>
        HalfStep(byItem, users, items, shares, cancellationToken);

    /// <summary>Each item's weight of the unobserved pairs: popularity^delta, scaled to 1 on average over the items with any interaction.</summary>
    internal float[] UnobservedShares(ReadOnlySpan<float> popularity)
    {
        var (sum, known) = (0.0, 0);
        foreach (var p in popularity)
        {
            if (p == 0) continue;
            sum += Math.Pow(p, parameters.PopularityExponent);
            known++;
        }

        var shares = new float[popularity.Length];
        for (var i = 0; i < shares.Length; i++) shares[i] = popularity[i] > 0 ? (float)(Math.Pow(popularity[i], parameters.PopularityExponent) * known / sum) : 1f;
        return shares;
    }

    private void HalfStep(InteractionMatrix interactions, FactorMatrix source, FactorMatrix target, float[]? shares, CancellationToken cancellationToken)
    {
        var stride = Lanes.RoundUp(parameters.Factors);
        var scaledGram = new AlignedBuffer(checked(stride * stride));
        Gram.Compute(source.Array, parameters.Factors, parameters.UnobservedWeight, scaledGram.Span, parameters.Threads, cancellationToken);
        RowWorkers.Run(interactions.RowCount, RowsAtOnce, parameters.Threads, () => RowSolver.Create(parameters.Factors, _settings), (solver, from, to) =>
        {
            for (var row = from; row < to; row++)
            {
                var share = shares is null ? 1f : shares[row];
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
