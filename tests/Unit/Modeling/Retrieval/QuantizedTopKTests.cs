using FsCheck;
using FsCheck.Fluent;
using Recommender.Modeling.Retrieval;

namespace Recommender.Tests.Unit.Modeling.Retrieval;

public class QuantizedTopKTests
{
    private static ScoredItem[] Exact(PackedFactors items, float[] query, ItemFilter excluded, int k)
    {
        var result = new ScoredItem[k];
        return result[..TopK.Search(items, query, excluded, result)];
    }

    private static ScoredItem[] Quantized(float[] rows, PackedFactors items, float[] query, ItemFilter excluded, int k)
    {
        var (quantized, result) = (new QuantizedFactors(rows, query.Length), new ScoredItem[k]);
        var found = result[..QuantizedTopK.Search(quantized, items, rows, query, excluded, result)];
        // Every width of registers that this machine has.
        if (ByteLanes256.IsAccelerated) Assert.Equal(found, Widths<ByteLanes256>(quantized, items, rows, query, excluded, k));
        if (ByteLanes512.IsAccelerated) Assert.Equal(found, Widths<ByteLanes512>(quantized, items, rows, query, excluded, k));
        return found;
    }

    private static ScoredItem[] Widths<TLanes>(QuantizedFactors quantized, PackedFactors items, float[] rows, float[] query, ItemFilter excluded, int k)
        where TLanes : struct, IByteLanes<TLanes>
    {
        var result = new ScoredItem[k];
        return result[..QuantizedTopK.Search<TLanes>(quantized, items, rows, query, excluded, result)];
    }

    /// <summary>Rows of very different lengths, some zero, some equal, some of a few large numbers among small ones.</summary>
    private static (float[] Rows, float[] Query) Draw(Random random, int items, int factors)
    {
        var rows = new float[items * factors];
        for (var item = 0; item < items; item++)
        {
            var (size, kind) = (MathF.Exp((float)(random.NextDouble() * 6) - 3), random.Next(8));
            for (var f = 0; f < factors; f++)
            {
                var value = ((float)random.NextDouble() - 0.5f) * size;
                rows[(item * factors) + f] = kind switch { 0 => 0, 1 => value * (random.Next(10) == 0 ? 1000 : 1), 2 when item > 0 => rows[((item - 1) * factors) + f], _ => value };
            }
        }
        return (rows, [.. Enumerable.Range(0, factors).Select(_ => (float)(random.NextDouble() - 0.5))]);
    }

    [Fact]
    public void The_result_is_that_of_the_float_scan_bit_for_bit_whatever_the_numbers() => Prop.ForAll(
        Gen.Choose(1, int.MaxValue - 1).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            var (items, factors, k) = (random.Next(1, 600), random.Next(1, 70), random.Next(1, 40));
            var (rows, query) = Draw(random, items, factors);
            int[] seen = [.. Enumerable.Range(0, items).Where(_ => random.Next(4) == 0)];
            var bitmap = Enumerable.Range(0, (items / 64) + 1).Select(_ => random.Next(2) == 0 ? 0UL : (ulong)random.NextInt64()).ToArray();
            var packed = new PackedFactors(rows, factors);
            Assert.Equal(Exact(packed, query, new ItemFilter(seen, bitmap), k), Quantized(rows, packed, query, new ItemFilter(seen, bitmap), k));
            var (similar, found) = (new ScoredItem[k], new ScoredItem[k]);
            var count = TopK.SearchSimilar(packed, query, new ItemFilter(seen, bitmap), similar);
            Assert.Equal(count, QuantizedTopK.SearchSimilar(new QuantizedFactors(rows, factors), packed, rows, query, new ItemFilter(seen, bitmap), found));
            Assert.Equal(similar, found);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Rows_without_length_are_similar_to_nothing_and_the_shortest_are_scored_in_full()
    {
        float[] rows = [0, 0, 1e-25f, 0, 0, 1e-25f, 1, 1, -1, 0];
        var (packed, similar, found) = (new PackedFactors(rows, 2), new ScoredItem[5], new ScoredItem[5]);
        var count = TopK.SearchSimilar(packed, [1, 0.5f], default, similar);
        Assert.Equal(count, QuantizedTopK.SearchSimilar(new QuantizedFactors(rows, 2), packed, rows, [1, 0.5f], default, found));
        Assert.Equal(similar, found);
        Assert.DoesNotContain(found[..count], hit => hit.Item == 0);
        Assert.Equal(0, QuantizedTopK.SearchSimilar(new QuantizedFactors(rows, 2), packed, rows, [0, 0], default, found));
    }

    [Fact]
    public void Among_many_items_and_with_nearly_level_scores_none_of_the_best_is_missed()
    {
        var random = new Random(1);
        const int Items = 60_000;
        const int Factors = 64;
        // All rows point nearly the same way, so that rounding makes more of a difference than the rows do.
        var rows = new float[Items * Factors];
        for (var i = 0; i < rows.Length; i++) rows[i] = 1 + (0.001f * (float)random.NextDouble());
        float[] query = [.. Enumerable.Range(0, Factors).Select(_ => (float)random.NextDouble())];
        var packed = new PackedFactors(rows, Factors);
        Assert.Equal(Exact(packed, query, default, 100), Quantized(rows, packed, query, default, 100));
    }

    [Fact]
    public void The_largest_products_of_bytes_do_not_overflow()
    {
        // Every number of every row and of the query is the largest of its row, so every byte is 127 or -127.
        var random = new Random(4);
        var rows = Enumerable.Range(0, 64 * 100).Select(_ => random.Next(2) == 0 ? -1f : 1f).ToArray();
        foreach (var sign in (float[])[1, -1])
        {
            float[] query = [.. Enumerable.Range(0, 64).Select(_ => sign)];
            for (var f = 0; f < 64; f++) (rows[f], rows[64 + f]) = (1, -1);
            var packed = new PackedFactors(rows, 64);
            var best = Quantized(rows, packed, query, default, 5);
            Assert.Equal(Exact(packed, query, default, 5), best);
            Assert.Equal(new ScoredItem(sign > 0 ? 0 : 1, 64), best[0]);
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e-38f)]
    [InlineData(1e30f)]
    public void A_query_out_of_range_is_searched_as_usual(float value)
    {
        var (rows, query) = Draw(new Random(2), 100, 8);
        query[3] = value;
        if (value == 0f) query.AsSpan().Clear();
        var packed = new PackedFactors(rows, 8);
        Assert.Equal(Exact(packed, query, default, 10), Quantized(rows, packed, query, default, 10));
    }

    [Fact]
    public void A_search_allocates_next_to_nothing()
    {
        var (rows, query) = Draw(new Random(3), 5000, 32);
        var (packed, quantized, result) = (new PackedFactors(rows, 32), new QuantizedFactors(rows, 32), new ScoredItem[50]);
        Assert.InRange(Allocated.By(() => QuantizedTopK.Search(quantized, packed, rows, query, default, result)), 0, 128);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new QuantizedFactors([1, 2, 3], 2));
        Assert.Throws<ArgumentException>(() => new QuantizedFactors([1, float.NaN], 2));
        Assert.Throws<ArgumentException>(() => QuantizedTopK.Search(new QuantizedFactors([1, 2], 2), new PackedFactors([1, 2, 3, 4], 2), [1, 2], [1, 2], default, new ScoredItem[1]));
        Assert.Throws<ArgumentException>(() => QuantizedTopK.Search(new QuantizedFactors([1, 2], 2), new PackedFactors([1, 2], 2), [1, 2], [1], default, new ScoredItem[1]));
        Assert.Throws<ArgumentException>(() => QuantizedTopK.Search(new QuantizedFactors([1, 2], 2), new PackedFactors([1, 2], 2), [1], [1, 2], default, new ScoredItem[1]));
    }
}
