using Recommender.Modeling.Numerics;

namespace Recommender.Tests.Unit.Modeling.Numerics;

public sealed class GramTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(1030, 17)]
    [InlineData(9001, 16)]
    [InlineData(700, 130)]
    public void It_is_the_sum_of_outer_products(int rows, int factors)
    {
        var matrix = RandomData.Factors(rows, factors, seed: rows);
        var gram = Compute(matrix, threads: 2);
        for (var i = 0; i < factors; i++)
        {
            for (var j = 0; j < factors; j++)
            {
                var expected = 0.0;
                for (var row = 0; row < rows; row++) expected += (double)matrix.Row(row)[i] * matrix.Row(row)[j];
                Assert.Equal(expected, gram[(i * factors) + j], 1e-9 * rows);
            }
        }
    }

    [Fact]
    public void A_padded_table_gives_the_same_bits_as_rows_without_padding()
    {
        var matrix = RandomData.Factors(3000, 21, seed: 4);
        var table = new FactorTable(3000, 21);
        for (var row = 0; row < 3000; row++) matrix.Row(row).CopyTo(table.Row(row));
        Assert.Equal(Compute(matrix, threads: 1), Gram.Of(table, 2, CancellationToken.None));
    }

    [Fact]
    public void It_has_the_same_bits_for_any_number_of_threads()
    {
        var matrix = RandomData.Factors(20_000, 24, seed: 1);
        var alone = Compute(matrix, threads: 1);
        foreach (var threads in (int[])[2, 3, 4, 7]) Assert.Equal(alone, Compute(matrix, threads));
    }

    [Fact]
    public void It_sums_in_double_precision()
    {
        // In single precision adding 1 to 2^24 changes nothing.
        var data = Enumerable.Repeat(1f, 5000).ToArray();
        data[0] = 4096f;
        Assert.Equal((4096.0 * 4096.0) + 4999, Compute(new FactorMatrix(5000, 1, data), threads: 1)[0]);
    }

    private static double[] Compute(FactorMatrix matrix, int threads) => Gram.Of(matrix.Data.ToArray(), matrix.Factors, threads, CancellationToken.None);
}
