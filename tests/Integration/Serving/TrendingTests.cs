using Recommender.Hosting.Online;
using Recommender.Tests.Fixtures;
using StackExchange.Redis;

namespace Recommender.Tests.Integration.Serving;

/// <summary>Trending videos, of which some stand in one partition's list further below than the list is read.</summary>
public sealed class TrendingTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private const int SevenDays = 2;

    [Fact]
    public async Task What_a_video_has_where_it_is_not_among_the_first_counts_too()
    {
        // 500 are read of each partition: in partition 3 "spread" is the 501st.
        await serving.SetTrendingAsync("7d", 3, [.. Enumerable.Range(0, 500).Select(i => ($"filler{i}", 99.5)), ("spread", 99.0)]);
        await serving.SetTrendingAsync("7d", 4, ("spread", 100), ("single", 100.3));
        await SetCountersAsync("spread", (3, 99), (4, 100));
        await SetCountersAsync("single", (4, 100.3));

        await Eventually.TrueAsync(async () => (await serving.TrendingAsync("7d")).Ids().Take(2).SequenceEqual(["spread", "single"]));
        var videos = (await serving.TrendingAsync("7d")).Videos;
        Assert.Equal((double.Exp2(99) + double.Exp2(100)) / double.Exp2(100.3), videos[0].Score / videos[1].Score, 9);
    }

    private Task SetCountersAsync(string video, params (int Partition, double Log2)[] sums) =>
        serving.Redis.Client.HashSetAsync(OnlineKeys.Video(video), [.. sums.Select(sum =>
        {
            var counters = new VideoCounters { Version = 1 };
            counters.Trending[SevenDays] = new DecayedSum(sum.Log2);
            return new HashEntry(sum.Partition, counters.Encode());
        })]);
}
