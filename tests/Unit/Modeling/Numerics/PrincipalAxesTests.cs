using Recommender.Modeling.Numerics;

namespace Recommender.Tests.Unit.Modeling.Numerics;

public sealed class PrincipalAxesTests
{
    [Fact]
    public void Eigenvectors_are_orthogonal_and_make_up_the_matrix() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var n = random.Next(1, 40);
        var scale = Math.Pow(10, random.Next(-20, 20));
        var rank = random.Next(1, n + 1);
        var matrix = new double[n * n];
        for (var r = 0; r < rank; r++)
        {
            var v = Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5).ToArray();
            for (var i = 0; i < n; i++)
                for (var j = 0; j < n; j++) matrix[(i * n) + j] += scale * v[i] * v[j];
        }

        var (values, vectors) = (new double[n], new double[n * n]);
        SymmetricEigen.Decompose((double[])matrix.Clone(), n, values, vectors);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                Assert.Equal(i == j ? 1 : 0, Enumerable.Range(0, n).Sum(t => vectors[(i * n) + t] * vectors[(j * n) + t]), 1e-11);
                Assert.Equal(matrix[(i * n) + j] / scale, Enumerable.Range(0, n).Sum(t => values[t] / scale * vectors[(t * n) + i] * vectors[(t * n) + j]), 1e-10 * n);
            }
        }
    });

    [Theory]
    [InlineData(1, new double[] { 5 }, new double[] { 5 })]
    [InlineData(2, new double[] { 2, 1, 1, 2 }, new double[] { 1, 3 })]
    [InlineData(3, new double[] { 0, 0, 0, 0, 0, 0, 0, 0, 0 }, new double[] { 0, 0, 0 })]
    [InlineData(3, new double[] { 2, -1, 0, -1, 2, -1, 0, -1, 2 }, new double[] { 0.585786437626905, 2, 3.414213562373095 })]
    public void Known_eigenvalues_come_out(int n, double[] matrix, double[] expected)
    {
        var values = new double[n];
        SymmetricEigen.Decompose((double[])matrix.Clone(), n, values, new double[n * n]);
        Assert.All(values.Order().Zip(expected), p => Assert.Equal(p.Second, p.First, 1e-12));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(50)]
    public void In_these_axes_the_gram_matrix_is_diagonal_and_inner_products_are_the_same(int factors)
    {
        var matrix = RandomData.Factors(203, factors, seed: factors);
        var table = new FactorTable(203, factors);
        for (var row = 0; row < 203; row++) matrix.Row(row).CopyTo(table.Row(row));
        var axes = PrincipalAxes.Of(Gram.Of(table, 1, CancellationToken.None), factors);
        Rotation.Apply(table, axes.Rotation, 2, CancellationToken.None);
        var gram = Gram.Of(table, 1, CancellationToken.None);
        for (var i = 0; i < factors; i++)
        {
            for (var j = 0; j < factors; j++) Assert.Equal(i == j ? axes.Values[i] : 0, gram[(i * factors) + j], 1e-3);
        }

        for (var row = 1; row < 203; row++) Assert.Equal(Dot(matrix.Row(0), matrix.Row(row)), Dot(table.Row(0), table.Row(row)), 1e-4);
        Rotation.Apply(table, axes.Back, 2, CancellationToken.None);
        Assert.All(matrix.Row(7).ToArray().Zip(table.Row(7).ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5f));
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }
}
