using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;

namespace Recommender.Tests.Unit.Modeling;

/// <summary>Random matrices, the same for the same seed.</summary>
internal static class RandomData
{
    public static InteractionMatrix Interactions(int rows, int columns, double density, int seed, bool withConfidence = false)
    {
        var random = new Random(seed);
        var builder = new InteractionMatrixBuilder();
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                if (random.NextDouble() < density) builder.Add(row, column, withConfidence ? 0.1f + (5 * random.NextSingle()) : 1f);
            }
        }

        return builder.Build(rows, columns);
    }

    /// <summary>Two groups of viewers that choose from two halves of the catalog, and rarely from the other's.</summary>
    public static InteractionMatrix TwoTastes(int users, int items, int seed)
    {
        var random = new Random(seed);
        var builder = new InteractionMatrixBuilder();
        for (var user = 0; user < users; user++)
        {
            for (var item = 0; item < items; item++)
            {
                if (random.NextDouble() < (user % 2 == item % 2 ? 0.4 : 0.02)) builder.Add(user, item);
            }
        }

        return builder.Build(users, items);
    }

    public static FactorMatrix Factors(int rows, int factors, int seed, float scale = 1f)
    {
        var random = new Random(seed);
        var data = new float[rows * factors];
        for (var i = 0; i < data.Length; i++) data[i] = scale * ((2 * random.NextSingle()) - 1);
        return new FactorMatrix(rows, factors, data);
    }
}
