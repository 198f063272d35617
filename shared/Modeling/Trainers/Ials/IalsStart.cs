using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Trainers.Ials;

/// <summary>What a run of implicit ALS begins with, on whatever device.</summary>
internal static class IalsStart
{
    private const int ItemsAtOnce = 512;

    /// <summary>The factors of an item, to be written.</summary>
    public delegate Span<float> Row(int item);

    /// <summary>Random vectors for the items that occur; zeros stay for the others, which nothing could ever move.</summary>
    public static void Randomize(IalsParameters parameters, float[] popularity, Row items)
    {
        var deviation = parameters.InitStddev / Math.Sqrt(parameters.Factors);
        RowWorkers.Run(popularity.Length, ItemsAtOnce, parameters.Threads, static () => 0, (_, from, to) =>
        {
            for (var item = from; item < to; item++)
            {
                if (popularity[item] == 0) continue;
                var random = new Randomness((ulong)parameters.Seed, (ulong)item);
                foreach (ref var factor in items(item)) factor = (float)(deviation * random.NextNormal());
            }
        }, CancellationToken.None);
    }

    /// <summary>The vectors of an earlier model. An item that it did not know stays at zero until the first pass comes to it.</summary>
    public static void Continue(IalsParameters parameters, ReadOnlySpan<float> popularity, FactorMatrix earlier, Row items)
    {
        if (earlier.Factors != parameters.Factors)
            throw new ParameterException($"The parameter 'factors' is {parameters.Factors}, but the model to begin with has {earlier.Factors}.");
        for (var item = 0; item < popularity.Length; item++)
        {
            if (popularity[item] > 0) earlier.Row(item).CopyTo(items(item));
        }
    }

    /// <summary>Each item's weight of the unobserved pairs: popularity^delta, scaled to 1 on average over the items with any interaction.</summary>
    public static float[] UnobservedShares(IalsParameters parameters, float[] popularity)
    {
        var (sum, known, exponent) = (0.0, 0, parameters.ResolvedPopularityExponent);
        var powers = new double[popularity.Length];
        for (var item = 0; item < popularity.Length; item++)
        {
            if (popularity[item] == 0) continue;
            sum += powers[item] = Math.Pow(popularity[item], exponent);
            known++;
        }

        return Array.ConvertAll(powers, p => p > 0 ? (float)(p * known / sum) : 1f);
    }
}
