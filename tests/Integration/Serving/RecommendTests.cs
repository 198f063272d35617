using Recommender.Hosting.Online;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving;

public sealed class RecommendTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private static readonly (string, EventType)[] s_tasteA =
        [("a03", EventType.View), ("a01", EventType.Like), ("a01", EventType.View), ("a00", EventType.View)];

    private static string NewUser() => $"u-{Guid.NewGuid():N}";

    private async Task<string> ViewerAsync(params (string, EventType)[] newestFirst)
    {
        var user = NewUser();
        await serving.SetStateAsync(user, newestFirst);
        return user;
    }

    [Fact]
    public async Task A_viewer_gets_unseen_videos_of_the_taste_of_the_newest_events()
    {
        var response = await serving.RecommendAsync(await ViewerAsync(s_tasteA));
        Assert.Equal(20, response.Videos.Count);
        Assert.Equal(20, response.Ids().Distinct().Count());
        Assert.Empty(response.Ids().Intersect(["a00", "a01", "a03"]));
        Assert.InRange(response.OfTaste('a'), 17, 20);
        Assert.All(response.Videos, v => Assert.Equal(Source.Realtime, v.Source));
        Assert.Equal(Degradation.None, response.Degradation);
        Assert.Equal(ServingFixture.FirstVersion, response.ModelVersion);
        Assert.Equal(7, Guid.Parse(response.RequestId).Version);
    }

    [Fact]
    public async Task Seen_videos_are_shown_where_the_request_asks_for_them()
    {
        var user = await ViewerAsync([.. s_tasteA, ("a02", EventType.NotInterested)]);
        var state = ViewerState.Decode(await serving.Redis.Client.GetAsync(OnlineKeys.Viewer(user), TestContext.Current.CancellationToken));
        state.Hidden.Add(StableHash.Of("a02"));
        await serving.Redis.Client.SetAsync(OnlineKeys.Viewer(user), state.Encode(), cancellationToken: TestContext.Current.CancellationToken);
        var response = await serving.RecommendAsync(user, r => (r.IncludeSeen, r.Count) = (true, 100));
        Assert.Subset(response.Ids().ToHashSet(), new HashSet<string> { "a00", "a01", "a03" });
        Assert.DoesNotContain("a02", response.Ids());
        Assert.InRange(response.Videos.Count, 99, 100); // all but the unwanted one, and what other tests of the fixture add
    }

    [Fact]
    public async Task What_left_the_recent_memory_is_still_known_as_seen()
    {
        var user = await ViewerAsync(s_tasteA);
        var state = ViewerState.Decode(await serving.Redis.Client.GetAsync(OnlineKeys.Viewer(user), TestContext.Current.CancellationToken));
        var older = (await serving.RecommendAsync(user)).Ids().Take(5).ToArray();
        foreach (var id in older) state.OlderSeen.Add(StableHash.Of(id));
        await serving.Redis.Client.SetAsync(OnlineKeys.Viewer(user), state.Encode(), cancellationToken: TestContext.Current.CancellationToken);
        var response = await serving.RecommendAsync(user);
        Assert.Empty(response.Ids().Intersect(older));
        Assert.Equal(20, response.Videos.Count);
    }

    [Fact]
    public async Task Excluded_videos_are_left_out_and_replaced()
    {
        var user = await ViewerAsync(s_tasteA);
        var before = (await serving.RecommendAsync(user)).Ids();
        var response = await serving.RecommendAsync(user, r => r.ExcludeVideoIds.Add(before.Take(10)));
        Assert.Empty(response.Ids().Intersect(before.Take(10)));
        // Their order may change, since diversity looks at what stands before.
        Assert.Empty(before.Skip(10).Except(response.Ids()));
        Assert.Equal(20, response.Videos.Count);
    }

    [Fact]
    public async Task Recent_videos_change_the_answer_before_their_events_arrive()
    {
        var user = await ViewerAsync(("a03", EventType.View));
        string[] recent = ["b00", "b01", "b02", "b03", "b04", "b05"];
        var plain = await serving.RecommendAsync(user, r => r.Count = 60);
        var response = await serving.RecommendAsync(user, r =>
        {
            r.Count = 60;
            r.RecentVideoIds.Add(recent);
        });
        Assert.Empty(response.Ids().Intersect(recent));
        var (before, after) = (Array.FindIndex(plain.Ids(), IsNews), Array.FindIndex(response.Ids(), IsNews));
        Assert.True(after < before, $"the first new video of taste b is at place {after}, and at {before} without the recent ones");

        bool IsNews(string id) => id[0] == 'b' && !recent.Contains(id);
    }

    [Fact]
    public async Task A_new_viewer_who_tells_recent_videos_gets_a_real_time_answer()
    {
        var response = await serving.RecommendAsync(NewUser(), r => r.RecentVideoIds.Add(["b00", "b01", "b02"]));
        Assert.InRange(response.OfTaste('b'), 17, 20);
        Assert.All(response.Videos, v => Assert.Equal(Source.Realtime, v.Source));
        Assert.Equal(Degradation.None, response.Degradation);
    }

    [Fact]
    public async Task A_like_changes_the_next_answer()
    {
        var user = await ViewerAsync(s_tasteA);
        var before = await serving.RecommendAsync(user);
        await serving.SetStateAsync(user, [("b07", EventType.Like), ("b07", EventType.View), .. s_tasteA]);
        var after = await serving.RecommendAsync(user);
        Assert.DoesNotContain("b07", after.Ids());
        Assert.True(after.OfTaste('b') > before.OfTaste('b'), $"{before.OfTaste('b')} of taste b before, {after.OfTaste('b')} after the like");
        Assert.NotEqual(before.RequestId, after.RequestId);
    }

    [Fact]
    public async Task The_list_is_used_while_it_is_newer_than_everything_else_and_is_filled_up()
    {
        var user = NewUser();
        await serving.SetStateAsync(user, TimeSpan.FromHours(1), ("x2", EventType.View));
        await serving.SetListAsync(user, ServingFixture.FirstVersion, ("x1", 3), ("x2", 2), ("x3", 1));
        var response = await serving.RecommendAsync(user);
        Assert.Equal(["x1", "x3"], response.Ids().Take(2));
        Assert.Equal([Source.Precomputed, Source.Precomputed, Source.Trending], response.Videos.Take(3).Select(v => v.Source));
        Assert.Equal(20, response.Videos.Count);
        Assert.Equal(Degradation.None, response.Degradation);

        await serving.SetStateAsync(user, ("a00", EventType.View), ("x2", EventType.View));
        Assert.Equal(Source.Realtime, (await serving.RecommendAsync(user)).Videos[0].Source);
    }

    [Fact]
    public async Task A_new_viewer_gets_what_trends_and_nothing_is_degraded()
    {
        await serving.SetTrendingAsync("24h", 0, ("t-first", 101), ("t-second", 100));
        await serving.SetTrendingAsync("24h", 3, ("t-second", 101.5));
        await Eventually.TrueAsync(async () => (await serving.TrendingAsync("24h")).Ids() is ["t-second", "t-first", ..]);
        var response = await serving.RecommendAsync(NewUser(), r => r.Count = 0);
        Assert.Equal(["t-second", "t-first"], response.Ids().Take(2));
        Assert.Equal(20, response.Videos.Count);
        Assert.All(response.Videos, v => Assert.Equal(Source.Trending, v.Source));
        Assert.Equal(Degradation.None, response.Degradation);
    }

    [Fact]
    public async Task As_many_as_there_are_are_returned_and_never_more_than_asked_for()
    {
        var user = await ViewerAsync(s_tasteA);
        Assert.Single((await serving.RecommendAsync(user, r => r.Count = 1)).Videos);
        var all = await serving.RecommendAsync(user, r => r.Count = 200);
        Assert.Equal(all.Ids().Distinct().Count(), all.Videos.Count);
        Assert.InRange(all.Videos.Count, 97, 110);
    }

    [Fact]
    public async Task Explanations_say_in_words_why()
    {
        var user = await ViewerAsync(s_tasteA);
        var response = await serving.RecommendAsync(user, r => r.Explain = true);
        Assert.All(response.Videos, v => Assert.Contains("Score ", v.Reason, StringComparison.Ordinal));
        Assert.Contains("lately, most of all a0", response.Videos[0].Reason, StringComparison.Ordinal);
        Assert.All((await serving.RecommendAsync(user)).Videos, v => Assert.Empty(v.Reason));
    }

    [Fact]
    public async Task A_damaged_state_costs_the_viewer_nothing_but_the_state()
    {
        var user = NewUser();
        await serving.Redis.Client.SetAsync(OnlineKeys.Viewer(user), new byte[] { 1, 2, 3 }, cancellationToken: TestContext.Current.CancellationToken);
        await serving.SetListAsync(user, ServingFixture.FirstVersion, ("x1", 3));
        var response = await serving.RecommendAsync(user);
        Assert.Equal("x1", response.Videos[0].VideoId);
        Assert.Equal(Degradation.PrecomputedOnly, response.Degradation);
    }
}
