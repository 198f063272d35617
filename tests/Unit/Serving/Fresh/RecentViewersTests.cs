using Recommender.Serving.Fresh;

namespace Recommender.Tests.Unit.Serving.Fresh;

public sealed class RecentViewersTests
{
    [Fact]
    public void Recent_viewers_keep_the_newest_viewers_and_their_newest_vectors()
    {
        var viewers = new RecentViewers();
        for (ulong viewer = 0; viewer < RecentViewers.Capacity + 10; viewer++) viewers.Meet("m", viewer, [viewer, 0]);
        viewers.Meet("m", 500, [7, 8]);
        var (numbers, rows) = viewers.Copy("m");
        Assert.Equal((RecentViewers.Capacity, 2 * RecentViewers.Capacity), (numbers.Count, rows.Length));
        Assert.Equal((10UL, RecentViewers.Capacity + 9UL), (numbers.Keys.Min(), numbers.Keys.Max()));
        Assert.All(numbers.Where(n => n.Key != 500), n => Assert.Equal(n.Key, rows[2 * n.Value]));
        Assert.Equal([7, 8], rows[(2 * numbers[500])..((2 * numbers[500]) + 2)]);
        Assert.Empty(viewers.Copy("other").Numbers);
        viewers.Meet("other", 1, [1, 2, 3]);
        Assert.Empty(viewers.Copy("m").Numbers);
        Assert.Equal([1, 2, 3], viewers.Copy("other").Rows);
    }
}
