using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;

namespace Recommender.Tests.Unit.Modeling.Sparse;

public sealed class TransposedRowsTests
{
    [Fact]
    public void They_are_the_cells_of_the_transposed_matrix() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var matrix = RandomData.Interactions(random.Next(1, 40), random.Next(1, 40), 0.3, seed, withConfidence: random.Next(2) == 0);
        var settings = new FoldInSettings { Alpha = 2.5, Confidence = ConfidenceScale.Log };
        var (rows, expected) = (new TransposedRows(matrix, settings, threads: random.Next(1, 12)), matrix.Transpose());
        Assert.Equal(expected.RowCount, rows.RowCount);
        for (var row = 0; row < expected.RowCount; row++)
        {
            var (columns, confidences) = (new int[rows.RowLength(row)], new float[rows.RowLength(row)]);
            rows.Read(row, columns, confidences);
            Assert.Equal(expected.RowColumns(row), columns);
            Assert.Equal(expected.RowValues(row).ToArray().Select(settings.ConfidenceOf), confidences);
        }
    });

    [Fact]
    public void More_values_than_codes_are_rounded_by_a_bounded_ratio()
    {
        // 2^24 rows leave eight bits: 256 levels from 0.1 to 50.
        var random = new Random(1);
        var builder = new InteractionMatrixBuilder();
        for (var i = 0; i < 5000; i++) builder.Add(i * 3000, i % 7, 0.1f * MathF.Pow(500f, random.NextSingle()));
        var matrix = builder.Build((1 << 24) - 1, 7);
        var (rows, expected) = (new TransposedRows(matrix, new FoldInSettings()), matrix.Transpose());
        for (var row = 0; row < 7; row++)
        {
            var (columns, confidences) = (new int[rows.RowLength(row)], new float[rows.RowLength(row)]);
            rows.Read(row, columns, confidences);
            Assert.Equal(expected.RowColumns(row), columns);
            var most = Math.Exp(Math.Log(500) / 255 / 2) * 1.0001;
            for (var i = 0; i < columns.Length; i++) Assert.InRange(confidences[i] / expected.RowValues(row)[i], 1 / most, most);
        }
    }
}
