using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.Ials;

/// <summary>The half-steps of <see cref="IalsTrainer"/>.</summary>
/// <param name="parameters">With a number for every parameter.</param>
/// <param name="cancellationToken">Stops a half-step.</param>
internal sealed class IalsSolver(IalsParameters parameters, CancellationToken cancellationToken)
{
    private const int RowsAtOnce = 64;

    private readonly FoldInSettings _settings = parameters.FoldIn;

    /// <summary>Solves every viewer against the items.</summary>
    public void UserStep(InteractionMatrix byUser, FactorMatrix items, FactorMatrix users) =>
        HalfStep(byUser, items, users, shares: null);

    /// <summary>Solves every item against the viewers.</summary>
    public void ItemStep(InteractionMatrix byItem, FactorMatrix users, FactorMatrix items, float[] shares) =>
        HalfStep(byItem, users, items, shares);

    /// <summary>Each item's weight of the unobserved pairs: popularity^delta, scaled to 1 on average over the items with any interaction.</summary>
    public float[] UnobservedShares(ReadOnlySpan<float> popularity)
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

    private void HalfStep(InteractionMatrix interactions, FactorMatrix source, FactorMatrix target, float[]? shares)
    {
        var stride = Lanes.RoundUp(parameters.Factors);
        var scaledGram = new AlignedBuffer(checked(stride * stride));
        Gram.Compute(source.Array, parameters.Factors, _settings.UnobservedWeight, scaledGram.Span, parameters.Threads, cancellationToken);
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
    public FactorMatrix RandomFactors(InteractionMatrix byItem)
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
