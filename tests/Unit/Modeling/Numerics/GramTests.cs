using Recommender.Modeling.Numerics;

namespace Recommender.Tests.Unit.Modeling.Numerics;

public sealed class GramTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(1030, 17)]
    [InlineData(9001, 16)]
    public void It_is_the_sum_of_outer_products_padded_with_the_identity(int rows, int factors)
    {
        var matrix = RandomData.Factors(rows, factors, seed: rows);
        var gram = Compute(matrix, 0.5, threads: 2);
        var stride = Lanes.RoundUp(factors);
        for (var i = 0; i < stride; i++)
        {
            for (var j = 0; j < stride; j++)
            {
                var expected = i == j ? 1.0 : 0.0;
                if (i < factors && j < factors)
                {
                    expected = 0;
                    for (var row = 0; row < rows; row++) expected += 0.5 * matrix.Row(row)[i] * matrix.Row(row)[j];
                }

                Assert.Equal((float)expected, gram[(i * stride) + j], Math.Max(1e-6, Math.Abs(expected) * 1e-6));
            }
        }
    }

    [Fact]
    public void It_has_the_same_bits_for_any_number_of_threads()
    {
        var matrix = RandomData.Factors(20_000, 24, seed: 1);
        var alone = Compute(matrix, 0.01, threads: 1);
        foreach (var threads in (int[])[2, 3, 4, 7]) Assert.Equal(alone, Compute(matrix, 0.01, threads));
    }

    [Fact]
    public void It_sums_in_double_precision()
    {
        // In single precision adding 1 to 2^24 changes nothing.
        var data = Enumerable.Repeat(1f, 5000).ToArray();
        data[0] = 4096f;
        var gram = Compute(new FactorMatrix(5000, 1, data), 1, threads: 1);
        Assert.Equal((float)((4096.0 * 4096.0) + 4999), gram[0]);
    }

    private static float[] Compute(FactorMatrix matrix, double scale, int threads)
    {
        var stride = Lanes.RoundUp(matrix.Factors);
        var result = new float[stride * stride];
        Gram.Compute(matrix.Data.ToArray(), matrix.Factors, scale, result, threads, CancellationToken.None);
        return result;
    }
}
