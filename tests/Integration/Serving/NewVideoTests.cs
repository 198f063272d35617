using Google.Protobuf.WellKnownTypes;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving;

public sealed class NewVideoTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private const int FirstViewers = 8;

    [Fact]
    public async Task A_video_without_author_and_tags_finds_its_taste_by_its_first_viewers_and_their_weights()
    {
        await using var replica = await serving.StartAsync("Serving:FreshPoll=00:00:01");
        await Eventually.TrueAsync(async () => (await ServingFixture.ReadinessAsync(replica)).IsReady);
        var client = new RecommendationService.RecommendationServiceClient(replica.Channel);
        async Task<RecommendResponse> AskAsync(string user) => await client.RecommendAsync(new RecommendRequest { UserId = user, Count = 20 });
        await serving.WriteCatalogAsync(("born", new Video { VideoId = "born", PublishedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow) }));

        // Those of the one taste liked it; those of the other did too, and asked later not to see it.
        for (var i = 0; i < FirstViewers; i++)
        {
            await serving.SetStateAsync($"first-a{i}", ("born", EventType.Like), ($"a{i:00}", EventType.View), ($"a{i + 9:00}", EventType.View));
            await serving.SetStateAsync($"first-b{i}", ("born", EventType.NotInterested), ("born", EventType.Like), ($"b{i:00}", EventType.View), ($"b{i + 9:00}", EventType.View));
        }
        await serving.SetStateAsync("asker-a", ("a03", EventType.View), ("a05", EventType.View));
        await serving.SetStateAsync("asker-b", ("b03", EventType.View), ("b05", EventType.View));

        await Eventually.TrueAsync(async () =>
        {
            for (var i = 0; i < FirstViewers; i++)
            {
                await AskAsync($"first-a{i}");
                await AskAsync($"first-b{i}");
            }
            return (await AskAsync("asker-a")).Ids().Take(10).Contains("born");
        });
        Assert.DoesNotContain("born", (await AskAsync("asker-b")).Ids());

        var similar = await client.SimilarVideosAsync(new SimilarVideosRequest { VideoId = "born", Count = 5 });
        Assert.All(similar.Videos, v => Assert.Equal(Source.Similar, v.Source));
        Assert.Equal(5, similar.OfTaste('a'));
    }
}
