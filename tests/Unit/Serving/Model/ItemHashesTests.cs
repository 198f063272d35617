using Recommender.Serving.Model;

namespace Recommender.Tests.Unit.Serving.Model;

public sealed class ItemHashesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Each_hash_leads_to_its_item_and_no_other_to_any(int items)
    {
        var random = new Random(items);
        // Crowded: many hashes name one place, at the end of the table too.
        var hashes = Enumerable.Range(0, items).Select(i => ((ulong)random.Next(5) * 0xFFFF) | ((ulong)i << 32)).ToArray();
        var table = new ItemHashes(items, item => hashes[item]);
        for (var item = 0; item < items; item++)
        {
            Assert.True(table.TryFind(hashes[item], out var found));
            Assert.Equal(item, found);
            Assert.False(table.TryFind(hashes[item] ^ (1UL << 63), out found));
            Assert.Equal(-1, found);
        }
        Assert.False(table.TryFind(ulong.MaxValue, out _));
    }

    [Fact]
    public void Of_equal_hashes_the_first_counts()
    {
        Assert.True(new ItemHashes(3, _ => 0).TryFind(0, out var item));
        Assert.Equal(0, item);
    }
}
