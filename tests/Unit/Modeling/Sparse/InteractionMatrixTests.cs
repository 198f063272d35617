using Recommender.Modeling.Sparse;

namespace Recommender.Tests.Unit.Modeling.Sparse;

public sealed class InteractionMatrixTests
{
    [Fact]
    public void Cells_added_in_any_order_end_up_sorted_by_row_and_column()
    {
        var builder = new InteractionMatrixBuilder();
        builder.Add(2, 1, 3f);
        builder.Add(0, 4, 1f);
        builder.Add(2, 0, 2f);
        builder.Add(0, 3, 5f);
        var matrix = builder.Build(4, 5);
        Assert.Equal((4, 5, 4L), (matrix.RowCount, matrix.ColumnCount, matrix.Count));
        Assert.Equal([3, 4], matrix.RowColumns(0));
        Assert.Equal([5f, 1f], matrix.RowValues(0));
        Assert.Equal(0, matrix.RowLength(1));
        Assert.Equal([0, 1], matrix.RowColumns(2));
        Assert.Equal([2f, 3f], matrix.RowValues(2));
        Assert.Equal(0, matrix.RowLength(3));
        Assert.True(matrix.Contains(2, 1));
        Assert.False(matrix.Contains(2, 2));
        Assert.Equal([1, 1, 0, 1, 1], matrix.ColumnLengths());
    }

    [Theory]
    [InlineData(DuplicatePolicy.Max, 5f, 30u)]
    [InlineData(DuplicatePolicy.Sum, 9f, 30u)]
    [InlineData(DuplicatePolicy.Last, 1f, 20u)]
    public void A_second_value_for_a_cell_is_merged_as_the_policy_says(DuplicatePolicy policy, float value, uint time)
    {
        var builder = new InteractionMatrixBuilder(policy, TimeKind.UnixSeconds);
        builder.Add(0, 1, 3f, 10);
        builder.Add(0, 2, 7f, 11);
        builder.Add(0, 1, 5f, 30);
        builder.Add(0, 1, 1f, 20);
        var matrix = builder.Build(1, 3);
        Assert.Equal([1, 2], matrix.RowColumns(0));
        Assert.Equal([value, 7f], matrix.RowValues(0));
        Assert.Equal([time, 11u], matrix.RowTimes(0));
    }

    [Fact]
    public void The_order_of_the_cells_does_not_matter_but_for_which_is_last() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var policy = (DuplicatePolicy)random.Next(3);
        var cells = Enumerable.Range(0, random.Next(60)).Select(n => (Row: random.Next(6), Column: random.Next(6), Value: (float)random.Next(1, random.Next(2, 4)), Time: (uint)n)).ToArray();
        InteractionMatrix Build(IEnumerable<(int Row, int Column, float Value, uint Time)> ordered)
        {
            var builder = new InteractionMatrixBuilder(policy, TimeKind.Order);
            foreach (var (row, column, value, time) in ordered) builder.Add(row, column, value, time);
            return builder.Build(7, 6);
        }

        var (mixed, byRow) = (Build(cells), Build(cells.OrderBy(c => c.Row)));
        for (var row = 0; row < 7; row++)
        {
            var expected = cells.Where(c => c.Row == row).GroupBy(c => c.Column).OrderBy(g => g.Key).ToArray();
            foreach (var matrix in (InteractionMatrix[])[mixed, byRow])
            {
                Assert.Equal(expected.Select(g => g.Key), matrix.RowColumns(row).ToArray());
                Assert.Equal(expected.Select(g => policy switch
                {
                    DuplicatePolicy.Max => g.Max(c => c.Value),
                    DuplicatePolicy.Sum => g.Sum(c => c.Value),
                    _ => g.Last().Value,
                }), matrix.RowValues(row).ToArray());
                Assert.Equal(expected.Select(g => g.Max(c => c.Time)), matrix.RowTimes(row).ToArray());
            }
        }
    });

    [Fact]
    public void A_builder_gives_one_matrix()
    {
        var builder = new InteractionMatrixBuilder();
        builder.Build(1, 1);
        Assert.Throws<InvalidOperationException>(() => builder.Build(1, 1));
        Assert.Throws<InvalidOperationException>(() => builder.Add(0, 0));
    }

    [Fact]
    public void Sums_do_not_overflow_to_infinity()
    {
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Sum);
        builder.Add(0, 0, float.MaxValue);
        builder.Add(0, 0, float.MaxValue);
        Assert.Equal(float.MaxValue, builder.Build(1, 1).RowValues(0)[0]);
    }

    [Theory]
    [InlineData(-1, 0, 1f)]
    [InlineData(0, -1, 1f)]
    [InlineData(0, 0, 0f)]
    [InlineData(0, 0, -1f)]
    [InlineData(0, 0, float.NaN)]
    [InlineData(0, 0, float.PositiveInfinity)]
    public void A_cell_that_makes_no_sense_is_refused(int row, int column, float value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new InteractionMatrixBuilder().Add(row, column, value));

    [Fact]
    public void A_shape_that_is_too_small_for_the_cells_is_refused()
    {
        var builder = new InteractionMatrixBuilder();
        builder.Add(2, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Build(2, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Build(3, 3));
        Assert.Equal(1, builder.Build(3, 4).Count);
    }

    [Fact]
    public void Transposing_keeps_every_cell_with_its_value_and_time() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var (rows, columns) = (random.Next(1, 12), random.Next(1, 12));
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Last, TimeKind.Order);
        for (var n = random.Next(40); n > 0; n--) builder.Add(random.Next(rows), random.Next(columns), 1f + random.NextSingle(), (uint)n);
        var matrix = builder.Build(rows, columns);
        var transposed = matrix.Transpose();
        Assert.Equal((columns, rows, matrix.Count), (transposed.RowCount, transposed.ColumnCount, transposed.Count));
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < matrix.RowLength(row); i++)
            {
                var at = transposed.RowColumns(matrix.RowColumns(row)[i]).IndexOf(row);
                Assert.Equal(matrix.RowValues(row)[i], transposed.RowValues(matrix.RowColumns(row)[i])[at]);
                Assert.Equal(matrix.RowTimes(row)[i], transposed.RowTimes(matrix.RowColumns(row)[i])[at]);
            }
        }

        for (var column = 0; column < columns; column++) Assert.True(IsAscending(transposed.RowColumns(column)));
    });

    [Fact]
    public void A_mask_takes_cells_away_and_a_union_adds_them()
    {
        var left = Matrix((0, 0, 1f), (0, 1, 2f), (1, 1, 3f));
        var right = Matrix((0, 1, 9f), (1, 0, 4f));
        var without = left.Without(right);
        Assert.Equal([0], without.RowColumns(0));
        Assert.Equal([1], without.RowColumns(1));
        var union = left.Union(right);
        Assert.Equal([0, 1], union.RowColumns(0));
        Assert.Equal([1f, 9f], union.RowValues(0));
        Assert.Equal([4f, 3f], union.RowValues(1));
        Assert.Throws<ArgumentException>(() => left.Union(InteractionMatrix.Empty(2, 3)));
    }

    [Fact]
    public void An_empty_matrix_of_any_shape_can_be_used()
    {
        var empty = InteractionMatrix.Empty(3, 0);
        Assert.Equal(0, empty.RowLength(2));
        Assert.Equal((0, 3), (empty.Transpose().RowCount, empty.Transpose().ColumnCount));
        Assert.Equal(0, InteractionMatrix.Empty(0, 0).Transpose().Count);
    }

    private static InteractionMatrix Matrix(params (int Row, int Column, float Value)[] cells)
    {
        var builder = new InteractionMatrixBuilder();
        foreach (var (row, column, value) in cells) builder.Add(row, column, value);
        return builder.Build(2, 2);
    }

    private static bool IsAscending(ReadOnlySpan<int> values)
    {
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i - 1] >= values[i]) return false;
        }

        return true;
    }
}
