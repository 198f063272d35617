using Recommender.Modeling.Numerics;
using Recommender.Modeling.Retrieval;

namespace Recommender.Tests.Unit.Modeling.Retrieval;

public sealed class TopKTests
{
    [Fact]
    public void It_equals_sorting_all_items_with_ties_and_exclusions() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var (count, factors, k) = (random.Next(1, 400), random.Next(1, 20), random.Next(1, 60));

        // Small whole numbers make most scores level with others.
        var items = new FactorMatrix(count, factors, [.. Enumerable.Range(0, count * factors).Select(_ => (float)random.Next(-2, 3))]);
        float[] query = [.. Enumerable.Range(0, factors).Select(_ => (float)random.Next(-2, 3))];
        int[] list = [.. Enumerable.Range(0, count).Where(_ => random.Next(4) == 0)];
        ulong[] bitmap = [.. Enumerable.Range(0, random.Next(8)).Select(_ => (ulong)random.NextInt64() & (ulong)random.NextInt64())];
        bool IsExcluded(int item) => list.Contains(item) || (item / 64 < bitmap.Length && (bitmap[item / 64] >> (item % 64) & 1) != 0);

        var expected = Enumerable.Range(0, count).Where(i => !IsExcluded(i))
            .Select(i => new ScoredItem(i, Dot(query, items.Row(i)))).OrderByDescending(s => s.Score).ThenBy(s => s.Item).Take(k);
        var result = new ScoredItem[k];
        var found = TopK.Search(new PackedFactors(items.Data, factors), query, new ItemFilter(list, bitmap), result);
        Assert.Equal(expected, result[..found]);

        var scores = Enumerable.Range(0, count).Select(i => Dot(query, items.Row(i))).ToArray();
        found = TopK.Select(scores, new ItemFilter(list, bitmap), result);
        Assert.Equal(expected, result[..found]);

        var set = new ItemSet();
        foreach (var item in list) set.Add(item);
        found = TopK.Search(new PackedFactors(items.Data, factors), query, new ItemFilter([], bitmap, set.Bits), result);
        Assert.Equal(expected, result[..found]);
    });

    [Fact]
    public void Similar_items_are_those_of_the_largest_cosine() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var (count, factors) = (random.Next(2, 200), random.Next(2, 40));
        var items = RandomData.Factors(count, factors, seed);
        var packed = new PackedFactors(items.Data, factors);
        var result = new ScoredItem[10];
        var found = TopK.SearchSimilar(packed, items.Row(0), new ItemFilter([0]), result);
        double Cosine(int i) => Dot64(items.Row(0), items.Row(i)) / Math.Sqrt(Dot64(items.Row(0), items.Row(0)) * Dot64(items.Row(i), items.Row(i)));
        Assert.Equal(Math.Min(10, count - 1), found);
        Assert.DoesNotContain(result[..found], s => s.Item == 0);
        var best = Enumerable.Range(1, count - 1).Select(Cosine).OrderDescending().ToArray();
        for (var i = 0; i < found; i++)
        {
            Assert.Equal(best[i], result[i].Score, 1e-5);
            Assert.Equal(Cosine(result[i].Item), result[i].Score, 1e-5);
        }
    });

    [Fact]
    public void An_item_without_factors_is_similar_to_nothing()
    {
        var packed = new PackedFactors([1f, 0f, 0f, 0f, -1f, 0f], 2);
        var result = new ScoredItem[3];
        Assert.Equal(1, TopK.SearchSimilar(packed, [2f, 0f], new ItemFilter([0]), result));
        Assert.Equal(new ScoredItem(2, -1f), result[0]);
        Assert.Equal(0, TopK.SearchSimilar(packed, [0f, 0f], default, result));
    }

    [Fact]
    public void What_has_no_score_is_never_returned()
    {
        var result = new ScoredItem[4];
        Assert.Equal(2, TopK.Select([float.NaN, 1f, float.NegativeInfinity, -3f], default, result));
        Assert.Equal([new(1, 1f), new(3, -3f)], result[..2]);
        Assert.Equal(0, TopK.Select([], default, result));
        Assert.Equal(0, TopK.Select([1f], default, []));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var packed = new PackedFactors(RandomData.Factors(5000, 32, 1).Data, 32);
        var query = RandomData.Factors(1, 32, 2).Data.ToArray();
        var result = new ScoredItem[100];
        int[] excluded = [3, 77, 500];
        Assert.Equal(0, Allocated.By(() =>
        {
            TopK.Search(packed, query, new ItemFilter(excluded), result);
            TopK.SearchSimilar(packed, query, new ItemFilter(excluded), result);
        }));
    }

    [Fact]
    public void A_query_of_another_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => TopK.Search(new PackedFactors(new float[6], 2), [1f], default, new ScoredItem[1]));

    // The scan's own order of operations, so that equality is exact.
    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0f;
        for (var i = 0; i < a.Length; i++) sum = MathF.FusedMultiplyAdd(a[i], b[i], sum);
        return sum;
    }

    private static double Dot64(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }
}
