using Recommender.Serving.Model;

namespace Recommender.Tests.Unit.Serving.Model;

public sealed class ItemIdsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Each_id_leads_to_its_item_and_no_other_to_any(int items)
    {
        var ids = Enumerable.Range(0, items).Select(i => i % 2 == 0 ? $"video-{i}" : i % 4 == 1 ? $"{i}-vidéo-\U0001F3AC" : $"a-video-with-a-long-name-{i}").ToArray();
        var table = new ItemIds([.. ids.Select(id => new ItemCard { Id = id, Hash = 0, Popularity = 0 })]);
        for (var item = 0; item < items; item++)
        {
            Assert.True(table.TryFind(ids[item], out var found));
            Assert.Equal(item, found);
            Assert.Same(ids[item], table.Find(ids[item], out found));
            Assert.Equal(item, found);
            foreach (var other in (string[])[ids[item] + "x", ids[item] + "\0", "x" + ids[item], ids[item].ToUpperInvariant()])
            {
                Assert.False(table.TryFind(other, out found));
                Assert.Equal(-1, found);
            }
        }
        Assert.False(table.TryFind("", out _));
    }
}
