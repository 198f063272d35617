using Recommender.Serving.Api;

namespace Recommender.Tests.Unit.Serving.Api;

public sealed class RequestIdsTests
{
    [Fact]
    public void Ids_are_UUIDs_of_version_7_that_begin_with_the_time()
    {
        var id = Guid.Parse(RequestIds.New(DateTimeOffset.FromUnixTimeMilliseconds(0x0123_4567_89AB)));
        Assert.StartsWith("01234567-89ab-7", id.ToString(), StringComparison.Ordinal);
        Assert.Equal((7, 8), (id.Version, id.Variant & 0xC));
    }

    [Fact]
    public void No_two_are_the_same_whichever_threads_make_them()
    {
        const int Each = 20_000;
        var ids = Enumerable.Range(0, 4).AsParallel().SelectMany(_ => Enumerable.Range(0, Each).Select(_ => RequestIds.New(Queries.Now))).ToHashSet();
        Assert.Equal(4 * Each, ids.Count);
    }
}
