using Recommender.Modeling.Numerics;
using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Sparse;

namespace Recommender.Tests.Unit.Modeling.Retrieval;

public sealed class TopListsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lists_of_many_viewers_equal_searching_for_each(bool rounds) => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        // Sometimes so many items that a scan ends before the last of them.
        var (viewers, count, factors, k) = (random.Next(1, 400), random.Next(1, random.Next(4) == 0 ? 4000 : 300), random.Next(1, random.Next(4) == 0 ? 150 : 20), random.Next(1, 40));
        var (queries, items) = (RandomData.Factors(viewers, factors, seed), RandomData.Factors(count, factors, seed + 1));
        Vary(items, queries, random);
        Vary(queries, items, random);
        var seen = RandomData.Interactions(viewers, count, 0.1, seed);
        var packed = new PackedFactors(items.Data, factors);
        var rows = Enumerable.Range(0, viewers).Where(_ => random.Next(3) > 0).ToArray();
        var lists = new ScoredItem[viewers][];
        ulong[] barred = [.. Enumerable.Range(0, random.Next(4)).Select(_ => (ulong)random.NextInt64() & (ulong)random.NextInt64())];
        TopLists.Search(Order(items, rounds), queries, new TopListQuery(rows, seen, k) { Barred = barred, Threads = 2 }, (viewer, best) => lists[viewer] = best.ToArray());
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

    // Lengths of all kinds, none at all among them; whole numbers, so that scores are level; one number alone; vectors of one direction, whose rounded
    // products are as large as they get; and vectors so near to each other that rounding puts them in another order.
    private static void Vary(FactorMatrix matrix, FactorMatrix others, Random random)
    {
        var kind = random.Next(7);
        for (var row = 0; row < matrix.RowCount; row++)
        {
            var scale = kind == 0 ? 1f : random.Next(10) == 0 ? 0f : kind == 1 ? (float)Math.Exp(6 * random.NextDouble()) : 1e-21f * random.Next(1, 5);
            var vector = matrix.WritableRow(row);
            if (kind is 4 or 6) others.Row(kind == 6 ? 0 : random.Next(others.RowCount)).CopyTo(vector);
            foreach (ref var x in vector)
            {
                x = kind switch
                {
                    3 => MathF.Round(2 * x) * Math.Min(scale * 1e21f, 1),
                    4 => x * random.Next(1, 3),
                    5 when random.Next(vector.Length) > 0 => 0,
                    6 => x * (1 + (0.01f * random.NextSingle())),
                    _ => x * scale,
                };
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Numbers_that_are_large_small_without_end_or_none_are_as_in_a_full_scan(bool rounds) => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var (viewers, count) = (30, 3000);
        var (queries, items) = (RandomData.Factors(viewers, 5, seed), RandomData.Factors(count, 5, seed + 1));
        float[] odd = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, 1e11f, 1e-13f, 1e-17f, float.Epsilon];
        var ofItems = random.Next(2) == 0 ? odd : odd[4..];
        for (var i = 0; i < 20; i++) items.WritableRow(random.Next(count))[random.Next(5)] = ofItems[random.Next(ofItems.Length)];
        for (var i = 0; i < 9; i++) queries.WritableRow(random.Next(viewers))[random.Next(5)] = odd[random.Next(odd.Length)];
        queries.WritableRow(random.Next(viewers)).Fill(1e-13f);
        var (packed, seen) = (new PackedFactors(items.Data, 5), InteractionMatrix.Empty(viewers, count));
        TopLists.Search(Order(items, rounds), queries, new TopListQuery(Enumerable.Range(0, viewers).ToArray(), seen, 7), (viewer, best) =>
        {
            var one = new ScoredItem[7];
            Assert.Equal(one[..TopK.Search(packed, queries.Row(viewer), default, one)], best.ToArray());
        });
    });

    private static NormOrder Order(FactorMatrix items, bool rounds)
    {
        Assert.SkipWhen(rounds && !RoundedGroups.IsSupported, "This machine does not multiply bytes.");
        return new NormOrder(items.Data, items.Factors, rounds);
    }
}
