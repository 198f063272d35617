using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving;

public sealed class ListTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    [Fact]
    public async Task Similar_videos_are_of_the_same_taste_nearest_first()
    {
        var response = await serving.SimilarAsync("b02", 20);
        Assert.Equal(20, response.Videos.Count);
        Assert.DoesNotContain("b02", response.Ids());
        Assert.InRange(response.OfTaste('b'), 18, 20);
        Assert.All(response.Videos, v => Assert.Equal(Source.Similar, v.Source));
        Assert.All(response.Videos, v => Assert.InRange(v.Score, -1.001, 1.001));
        Assert.Equal(response.Videos.OrderByDescending(v => v.Score).Select(v => v.VideoId), response.Ids());
        Assert.Equal(ServingFixture.FirstVersion, response.ModelVersion);
    }

    [Fact]
    public async Task More_similar_videos_than_there_are_are_filled_with_trending_ones()
    {
        await serving.SetTrendingAsync("24h", 2, ("elsewhere", 50));
        await Eventually.TrueAsync(async () => (await serving.TrendingAsync("24h")).Ids().Contains("elsewhere"));
        var response = await serving.SimilarAsync("b02", 200);
        Assert.Equal(Source.Trending, response.Videos.Single(v => v.VideoId == "elsewhere").Source);
        Assert.Equal(response.Videos.Count, response.Ids().Distinct().Count());
    }

    [Fact]
    public async Task Every_window_has_its_own_trending_videos_and_none_means_a_day()
    {
        await serving.SetTrendingAsync("1h", 0, ("hourly", 200));
        await serving.SetTrendingAsync("24h", 5, ("daily", 200));
        await serving.SetTrendingAsync("7d", 7, ("weekly", 200));
        foreach (var (window, video) in new[] { ("1h", "hourly"), ("24h", "daily"), ("7d", "weekly"), ("", "daily") })
            await Eventually.TrueAsync(async () => (await serving.TrendingAsync(window)).Videos[0].VideoId == video, $"{video} leads window '{window}'");
        Assert.True((await serving.TrendingAsync("7d")).Videos[0].Score > 0);
    }

    [Fact]
    public async Task Trending_videos_are_read_of_every_partition_that_the_topics_have()
    {
        await serving.SetTrendingAsync("7d", 6, ("far", 190));
        await using var other = await serving.StartAsync("Kafka:Partitions=2");
        var client = new RecommendationService.RecommendationServiceClient(other.Channel);
        await Eventually.TrueAsync(async () =>
            (await client.TrendingVideosAsync(new TrendingVideosRequest { Window = "7d", Count = 50 })).Ids().Contains("far"));
    }

    [Fact]
    public async Task Too_few_trending_videos_are_followed_by_popular_ones()
    {
        var response = await serving.TrendingAsync("1h", 30);
        Assert.Equal(30, response.Videos.Count);
        Assert.All(response.Videos, v => Assert.Equal(Source.Trending, v.Source));
        Assert.Equal(Degradation.None, response.Degradation);
    }
}
