using Recommender.Modeling.Numerics;
using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Sparse;

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
    public void Lists_of_many_viewers_equal_searching_for_each() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        // Sometimes so many items that a scan ends before the last of them.
        var (viewers, count, factors, k) = (random.Next(1, 400), random.Next(1, random.Next(4) == 0 ? 4000 : 300), random.Next(1, 20), random.Next(1, 40));
        var (queries, items) = (RandomData.Factors(viewers, factors, seed), RandomData.Factors(count, factors, seed + 1));
        Vary(items, random);
        Vary(queries, random);
        var seen = RandomData.Interactions(viewers, count, 0.1, seed);
        var packed = new PackedFactors(items.Data, factors);
        var rows = Enumerable.Range(0, viewers).Where(_ => random.Next(3) > 0).ToArray();
        var lists = new ScoredItem[viewers][];
        ulong[] barred = [.. Enumerable.Range(0, random.Next(4)).Select(_ => (ulong)random.NextInt64() & (ulong)random.NextInt64())];
        TopLists.Search(new NormOrder(items.Data, factors), queries, new TopListQuery(rows, seen, k) { Barred = barred, Threads = 2 }, (viewer, best) => lists[viewer] = best.ToArray());
        var expected = new ScoredItem[k];
        for (var viewer = 0; viewer < viewers; viewer++)
        {
            if (!rows.Contains(viewer))
            {
                Assert.Null(lists[viewer]);
                continue;
            }

            var found = TopK.Search(packed, queries.Row(viewer), new ItemFilter(seen.RowColumns(viewer), barred), expected);
            Assert.Equal(expected[..found], lists[viewer]);
        }
    });

    // Lengths of all kinds, none at all among them, and whole numbers, so that scores are level.
    private static void Vary(FactorMatrix matrix, Random random)
    {
        var kind = random.Next(4);
        for (var row = 0; row < matrix.RowCount; row++)
        {
            var scale = kind == 0 ? 1f : random.Next(10) == 0 ? 0f : kind == 1 ? (float)Math.Exp(6 * random.NextDouble()) : 1e-21f * random.Next(1, 5);
            foreach (ref var x in matrix.WritableRow(row)) x = kind == 3 ? MathF.Round(2 * x) * Math.Min(scale * 1e21f, 1) : x * scale;
        }
    }

    [Fact]
    public void A_number_that_is_none_and_one_without_end_are_as_in_a_full_scan() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var (viewers, count) = (30, 3000);
        var (queries, items) = (RandomData.Factors(viewers, 5, seed), RandomData.Factors(count, 5, seed + 1));
        float[] odd = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, 1e30f];
        for (var i = 0; i < 20; i++) items.WritableRow(random.Next(count))[random.Next(5)] = odd[random.Next(odd.Length)];
        for (var i = 0; i < 5; i++) queries.WritableRow(random.Next(viewers))[random.Next(5)] = odd[random.Next(odd.Length)];
        var (packed, seen) = (new PackedFactors(items.Data, 5), InteractionMatrix.Empty(viewers, count));
        TopLists.Search(new NormOrder(items.Data, 5), queries, new TopListQuery(Enumerable.Range(0, viewers).ToArray(), seen, 7), (viewer, best) =>
        {
            var one = new ScoredItem[7];
            Assert.Equal(one[..TopK.Search(packed, queries.Row(viewer), default, one)], best.ToArray());
        });
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
