using Recommender.Modeling.Retrieval;

namespace Recommender.Tests.Unit.Modeling.Retrieval;

public class OrderedDotTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(129)]
    public void A_product_has_the_bits_that_a_scan_gives_it(int factors)
    {
        const int Items = 19;
        float[] items = [.. RandomData.Factors(Items, factors, 1).Data], query = [.. RandomData.Factors(1, factors, 2).Data];
        var scores = new float[Items];
        new PackedFactors(items, factors).Score(query, scores);
        Assert.Equal(scores, Enumerable.Range(0, Items).Select(item => OrderedDot.Of(query, Row(item))));
        for (var item = 0; item + 4 <= Items; item++)
            Assert.Equal((scores[item], scores[item + 1], scores[item + 2], scores[item + 3]), OrderedDot.Of(query, Row(item), Row(item + 1), Row(item + 2), Row(item + 3)));
        for (var item = 0; item + OrderedDot.AtOnce <= Items; item++)
            Assert.Equal(scores[item..(item + OrderedDot.AtOnce)], AtOnce(items, query, item));

        ReadOnlySpan<float> Row(int item) => items.AsSpan(item * factors, factors);
    }

    private static unsafe float[] AtOnce(float[] items, float[] query, int first)
    {
        var products = new float[OrderedDot.AtOnce];
        var rows = stackalloc float*[OrderedDot.AtOnce];
        fixed (float* i = items, q = query, p = products)
        {
            for (var n = 0; n < OrderedDot.AtOnce; n++) rows[n] = i + ((first + n) * query.Length);
            OrderedDot.Of(q, rows, query.Length, p);
        }

        return products;
    }

    [Fact]
    public void Vectors_of_two_lengths_are_refused() => Assert.Throws<ArgumentException>(() => OrderedDot.Of([1, 2], [1]));
}
