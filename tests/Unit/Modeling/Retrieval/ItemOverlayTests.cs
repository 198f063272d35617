using Recommender.Modeling.Retrieval;

namespace Recommender.Tests.Unit.Modeling.Retrieval;

public sealed class ItemOverlayTests
{
    [Fact]
    public void Both_together_give_what_one_catalog_of_all_items_gives() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var (packed, added, factors, k) = (random.Next(0, 200), random.Next(0, 100), random.Next(1, 20), random.Next(1, 60));

        // Small whole numbers make most scores level with others.
        float[] rows = [.. Enumerable.Range(0, (packed + added) * factors).Select(_ => (float)random.Next(-2, 3))];
        float[] query = [.. Enumerable.Range(0, factors).Select(_ => (float)random.Next(-2, 3))];
        var overlay = new ItemOverlay(packed, factors, added + random.Next(3));
        for (var i = 0; i < added; i++) Assert.Equal(i, overlay.Add(rows.AsSpan((packed + i) * factors, factors)));
        int[] seen = [.. Enumerable.Range(0, packed + added).Where(_ => random.Next(5) == 0)];
        int[] removed = [.. Enumerable.Range(0, added).Where(_ => random.Next(5) == 0)];
        foreach (var place in removed) overlay.SetRemoved(place, true);

        int[] without = [.. seen.Union(removed.Select(place => packed + place)).Order()];
        var (expected, result) = (new ScoredItem[k], new ScoredItem[k]);
        var all = TopK.Search(new PackedFactors(rows, factors), query, new ItemFilter(without), expected);
        var found = TopK.Search(new PackedFactors(rows.AsSpan(0, packed * factors), factors), query, new ItemFilter(seen), result);
        found = overlay.Extend(query, new ItemFilter(seen), result, found);
        Assert.Equal(expected[..all], result[..found]);
    });

    [Fact]
    public void A_removed_item_can_come_back()
    {
        var overlay = new ItemOverlay(5, 1, 2);
        overlay.Add([1]);
        var result = new ScoredItem[2];
        overlay.SetRemoved(0, true);
        Assert.Equal(0, overlay.Extend([1], default, result, 0));
        overlay.SetRemoved(0, false);
        Assert.Equal(1, overlay.Extend([1], default, result, 0));
        Assert.Equal(new ScoredItem(5, 1), result[0]);
    }

    [Fact]
    public void It_takes_as_many_as_it_has_room_for_and_refuses_what_does_not_fit()
    {
        var overlay = new ItemOverlay(0, 2, 1);
        Assert.Equal((0, -1), (overlay.Add([1, 2]), overlay.Add([3, 4])));
        Assert.Equal((1, 1, 2), (overlay.Count, overlay.Capacity, overlay.Factors));
        Assert.Throws<ArgumentException>(() => overlay.Add([1]));
        Assert.Throws<ArgumentException>(() => overlay.Extend([1], default, new ScoredItem[1], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => overlay.SetRemoved(1, true));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ItemOverlay(0, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ItemOverlay(int.MaxValue, 1, 1));
    }

    [Fact]
    public async Task Searches_while_items_are_added_find_all_that_were_there_when_they_began()
    {
        const int Items = 4000;
        var overlay = new ItemOverlay(0, 4, Items);
        var adding = Task.Run(() =>
        {
            // Each is better than those before it.
            for (var i = 0; i < Items; i++) overlay.Add([i + 1, 0, 0, i + 1]);
        }, TestContext.Current.CancellationToken);
        var result = new ScoredItem[3];
        while (!adding.IsCompleted)
        {
            var before = overlay.Count;
            var found = overlay.Extend([1, 0, 0, 1], default, result, 0);
            if (before > 0) Assert.InRange(result[0].Item, before - 1, overlay.Count - 1);
            for (var i = 0; i < found; i++) Assert.Equal(2f * (result[i].Item + 1), result[i].Score);
        }
        await adding;
        Assert.Equal(3, overlay.Extend([1, 0, 0, 1], default, result, 0));
        Assert.Equal([Items - 1, Items - 2, Items - 3], result.Select(r => r.Item));
    }
}
