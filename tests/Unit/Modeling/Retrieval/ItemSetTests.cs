using Recommender.Modeling.Retrieval;

namespace Recommender.Tests.Unit.Modeling.Retrieval;

public sealed class ItemSetTests
{
    [Fact]
    public void It_holds_what_was_added_until_it_is_cleared() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var set = new ItemSet();
        for (var round = 0; round < 3; round++)
        {
            var items = Enumerable.Range(0, random.Next(50)).Select(_ => random.Next(300)).ToArray();
            foreach (var item in items) set.Add(item);
            Assert.Equal(items.Distinct(), set.Items);
            Assert.All(Enumerable.Range(0, 400), item => Assert.Equal(items.Contains(item), set.Contains(item)));
            set.Clear();
            Assert.Empty(set.Items);
            Assert.All(items, item => Assert.False(set.Contains(item)));
        }
    });

    [Fact]
    public void Negative_numbers_are_no_items()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ItemSet().Add(-1));
        Assert.False(new ItemSet().Contains(-1));
    }
}
