using Google.Protobuf.WellKnownTypes;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving;

public sealed class CatalogTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private static Video Video(string id, string author = "", DateTimeOffset? published = null) =>
        new() { VideoId = id, AuthorId = author, PublishedAt = Timestamp.FromDateTimeOffset(published ?? DateTimeOffset.UnixEpoch) };

    [Fact]
    public async Task A_deleted_video_is_gone_everywhere_at_once_and_comes_back_when_it_is_there_again()
    {
        await serving.SetStateAsync("deletions", ("b03", EventType.View), ("b01", EventType.View));
        await serving.SetTrendingAsync("7d", 1, ("b10", 90));
        var best = (await serving.RecommendAsync("deletions")).Videos[0].VideoId;
        var nearest = (await serving.SimilarAsync("b02")).Videos[0].VideoId;
        await Eventually.TrueAsync(async () => (await serving.TrendingAsync("7d")).Videos[0].VideoId == "b10");

        await serving.WriteCatalogAsync((best, null), (nearest, null), ("b10", null));
        await Eventually.TrueAsync(async () => !(await serving.RecommendAsync("deletions", r => r.Count = 200)).Ids().Intersect([best, nearest, "b10"]).Any());
        await Eventually.TrueAsync(async () => !(await serving.SimilarAsync("b02", 200)).Ids().Intersect([best, nearest, "b10"]).Any());
        await Eventually.TrueAsync(async () => !(await serving.TrendingAsync("7d", 200)).Ids().Intersect([best, nearest, "b10"]).Any());
        Assert.Equal(20, (await serving.RecommendAsync("deletions")).Videos.Count);

        await serving.WriteCatalogAsync((best, Video(best)), (nearest, Video(nearest)), ("b10", Video("b10")));
        await Eventually.TrueAsync(async () => (await serving.RecommendAsync("deletions")).Videos[0].VideoId == best);
        await Eventually.TrueAsync(async () => (await serving.SimilarAsync("b02")).Videos[0].VideoId == nearest);
        await Eventually.TrueAsync(async () => (await serving.TrendingAsync("7d")).Videos[0].VideoId == "b10");
    }

    [Fact]
    public async Task A_replica_that_starts_later_knows_what_was_deleted_before_it_is_ready()
    {
        await serving.WriteCatalogAsync(("a09", Video("a09")), ("a09", null));
        await using var other = await serving.StartAsync();
        await Eventually.TrueAsync(async () => (await ServingFixture.ReadinessAsync(other)).IsReady);
        var client = new RecommendationService.RecommendationServiceClient(other.Channel);
        var response = await client.RecommendAsync(new RecommendRequest { UserId = "anyone", Count = 200 });
        Assert.DoesNotContain("a09", response.Ids());
    }

    [Fact]
    public async Task One_author_does_not_fill_the_answer()
    {
        await serving.SetStateAsync("authors", ("a03", EventType.View), ("a01", EventType.View));
        var videos = (await serving.RecommendAsync("authors")).Ids().Take(8).Select(id => (id, (Video?)Video(id, "star"))).ToArray();
        await serving.WriteCatalogAsync(videos);
        var ofStar = videos.Select(v => v.id).ToHashSet();
        await Eventually.TrueAsync(async () => (await serving.RecommendAsync("authors")).Ids().Count(ofStar.Contains) == 3);
    }

    [Fact]
    public async Task New_videos_get_a_few_places()
    {
        await using var other = await serving.StartAsync("Serving:FreshShare=0.1");
        await serving.WriteCatalogAsync([.. Enumerable.Range(0, 5).Select(i => ($"new{i}", (Video?)Video($"new{i}", published: DateTimeOffset.UtcNow)))]);
        await serving.SetStateAsync("explorer", ("b03", EventType.View));
        var client = new RecommendationService.RecommendationServiceClient(other.Channel);
        var response = new RecommendResponse();
        await Eventually.TrueAsync(async () =>
        {
            response = await client.RecommendAsync(new RecommendRequest { UserId = "explorer", Explain = true });
            return response.Videos.Count(v => v.Propensity < 1) == 2;
        });
        Assert.Equal([2, 12], Enumerable.Range(0, response.Videos.Count).Where(i => response.Videos[i].Source == Source.Fresh));
        Assert.StartsWith("new", response.Videos[2].VideoId, StringComparison.Ordinal);
        Assert.Contains("Drawn at random with probability 0.", response.Videos[2].Reason, StringComparison.Ordinal);
        Assert.Equal("epsilon_thompson", response.Videos[2].Explanation.Exploration);
        Assert.InRange(response.Videos[2].Propensity, 0.2 / 5, 0.9);
    }

    [Fact]
    public async Task Catalog_and_request_together_say_what_a_viewer_must_not_see()
    {
        // Not the videos that other tests here leave with an author or deleted: the four best must be the same before and after.
        await serving.SetStateAsync("audience", ("b03", EventType.View), ("b01", EventType.View));
        var best = (await serving.RecommendAsync("audience")).Ids().Take(4).ToArray();
        var (french, austrian, adult, muted) = (Video(best[0]), Video(best[1]), Video(best[2]), Video(best[3], "noisy"));
        french.Language = "fr-FR";
        austrian.Attributes["countries"] = "AT";
        adult.Attributes["min_age"] = "18";
        await serving.WriteCatalogAsync((best[0], french), (best[1], austrian), (best[2], adult), (best[3], muted));
        Task<RecommendResponse> AskAsync(string language, string country, string age, string mute) => serving.RecommendAsync("audience", r =>
        {
            r.Context.Add(new Dictionary<string, string> { ["language"] = language, ["country"] = country, ["age"] = age });
            r.MutedAuthorIds.Add(mute);
        });
        await Eventually.TrueAsync(async () => !(await AskAsync("de,en", "DE", "17", "noisy")).Ids().Intersect(best).Any());
        Assert.Equal(best.Order(), (await AskAsync("de,fr", "AT", "18", "quiet")).Ids().Take(4).Order());
        await serving.WriteCatalogAsync([.. best.Select(id => (id, (Video?)Video(id)))]);
        await Eventually.TrueAsync(async () => !best.Except((await AskAsync("de,en", "DE", "17", "noisy")).Ids()).Any());
    }
}
