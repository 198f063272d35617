using Recommender.Modeling.Retrieval;

namespace Recommender.Tests.Unit.Modeling.Retrieval;

public sealed class PackedFactorsTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(16, 3, 4)]
    [InlineData(17, 8, 5)]
    [InlineData(100, 33, 7)]
    public void Scores_depend_on_the_query_and_the_item_alone(int count, int factors, int queryCount)
    {
        var items = RandomData.Factors(count, factors, 1);
        var queries = RandomData.Factors(queryCount, factors, 2);
        var packed = new PackedFactors(items.Data, factors);
        var scores = new float[queryCount * count];
        packed.Score(queries.Data, scores);
        for (var q = 0; q < queryCount; q++)
        {
            for (var item = 0; item < count; item++)
            {
                var expected = 0f;
                for (var f = 0; f < factors; f++) expected = MathF.FusedMultiplyAdd(queries.Row(q)[f], items.Row(item)[f], expected);
                Assert.Equal(expected, scores[(q * count) + item]);
            }
        }
    }

    [Fact]
    public void Rows_come_out_as_they_went_in()
    {
        var items = RandomData.Factors(37, 5, 3);
        var packed = new PackedFactors(items.Data, 5);
        var row = new float[5];
        for (var item = 0; item < 37; item++)
        {
            packed.CopyRow(item, row);
            Assert.Equal(items.Row(item), row);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => packed.CopyRow(37, row));
        Assert.Throws<ArgumentOutOfRangeException>(() => packed.CopyRow(-1, row));
    }

    [Fact]
    public void Nothing_is_written_beyond_the_scores()
    {
        var packed = new PackedFactors(RandomData.Factors(17, 2, 1).Data, 2);
        var scores = Enumerable.Repeat(99f, 40).ToArray();
        packed.Score([1f, 1f, 2f, 2f], scores);
        Assert.All(scores[34..], s => Assert.Equal(99f, s));
        Assert.Throws<ArgumentException>(() => packed.Score([1f, 1f, 2f, 2f], new float[33]));
        Assert.Throws<ArgumentException>(() => packed.Score([1f], new float[33]));
    }
}
