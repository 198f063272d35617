using Recommender.Training.Rebuilding;

namespace Recommender.Tests.Unit.Training.Rebuilding;

public sealed class ManifestRangesTests
{
    private static readonly ManifestRanges Known = new(new Dictionary<string, string> { ["log/view/0"] = "10-19", ["log/like/0"] = "0-4", ["log/catalog/0"] = "0-4" });

    [Theory]
    [InlineData("log/view/0", "10-19", 0)]
    [InlineData("log/view/0", "10-24", 5)]
    [InlineData("log/view/0", "22-24", 3)]
    [InlineData("log/view/0", "0-12", 0)]
    [InlineData("log/view/1", "7-9", 3)]
    [InlineData("later/view/0", "0-99", 100)]
    [InlineData("log/catalog/0", "0-99", 0)]
    [InlineData("log/erasure/0", "0-99", 0)]
    public void Events_are_new_that_lie_behind_the_known_ones_of_their_partition(string partition, string range, long count) =>
        Assert.Equal(count, Known.CountNewEvents(new Dictionary<string, string> { [partition] = range, ["log/like/0"] = "0-4" }));

    [Fact]
    public void Offsets_that_are_none_are_told() =>
        Assert.Throws<RebuildException>(() => Known.CountNewEvents(new Dictionary<string, string> { ["log/view/0"] = "some" }));
}
