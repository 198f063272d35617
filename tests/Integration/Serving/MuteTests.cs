using System.Text.Json;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.Integration.Serving;

/// <summary>Nothing by an author whom the viewer's state mutes, whatever the answer is made from.</summary>
public sealed class MuteTests(ServingFixture serving) : IClassFixture<ServingFixture>, IAsyncLifetime
{
    private static readonly string[] s_loud = ["b01", "b02", "b03", "b04", "b05", "b06", "b07", "b08"];
    private static readonly string[] s_quiet = ["b10", "b11", "b12"];

    public async ValueTask InitializeAsync()
    {
        await serving.WriteCatalogAsync([.. s_loud.Select(id => (id, (Video?)new Video { VideoId = id, AuthorId = "loud" }))]);
        await serving.WriteCatalogAsync([.. s_quiet.Select(id => (id, (Video?)new Video { VideoId = id, AuthorId = "quiet" }))]);
        await Eventually.TrueAsync(async () => !await ShowsAsync("anyone", r => r.MutedAuthorIds.Add("loud")), "the catalog is known");
    }

    public ValueTask DisposeAsync() => default;

    [Theory]
    [InlineData("realtime")]
    [InlineData("precomputed")]
    [InlineData("trending")]
    public async Task A_mute_holds_in_every_tier_from_the_next_call_on_and_so_does_its_end(string tier)
    {
        var user = "muter-" + tier;
        await SetAsync();
        Assert.Equal(tier, (await serving.RecommendAsync(user)).Tier);
        Assert.True(await ShowsAsync(user));
        await SetAsync(new AuthorDecision("loud", 10, true));
        Assert.False(await ShowsAsync(user));
        Assert.False(await ShowsAsync(user, r => r.FollowedAuthorIds.Add("loud")), "who is both was muted more deliberately");
        // What the request mutes comes to that.
        Assert.True((await serving.RecommendAsync(user, r => r.Count = 200)).Ids().Intersect(s_quiet).Any());
        Assert.Empty((await serving.RecommendAsync(user, r =>
        {
            (r.Count, r.IncludeSeen) = (200, true);
            r.MutedAuthorIds.Add("quiet");
        })).Ids().Intersect([.. s_loud, .. s_quiet]));
        await SetAsync(new AuthorDecision("loud", 20, false));
        Assert.True(await ShowsAsync(user));

        async Task SetAsync(params AuthorDecision[] decisions)
        {
            var state = new ViewerState { Version = 1, LastSeenAtMs = 10 };
            if (tier == "realtime")
            {
                state.LastSeenAtMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
                state.Recent.Add(new RecentInteraction("b20", EventType.Like, state.LastSeenAtMs, 0));
            }
            foreach (var decision in decisions) state.Muted.Decide(decision, 10);
            await serving.Redis.Client.SetAsync(OnlineKeys.Viewer(user), state.Encode());
            if (tier == "precomputed") await serving.SetListAsync(user, ServingFixture.FirstVersion, [("b01", 9), ("b02", 8), ("b10", 7), ("b03", 6)]);
        }
    }

    [Fact]
    public async Task A_mute_holds_in_answers_over_kafka()
    {
        await using var replica = await serving.StartAsync("OnDemand:Enabled=true");
        var state = new ViewerState { Version = 1, LastSeenAtMs = 10 };
        state.Muted.Decide(new AuthorDecision("loud", 10, true), 10);
        await serving.Redis.Client.SetAsync(OnlineKeys.Viewer("mailed"), state.Encode());
        await serving.ProduceAsync(new KafkaRecord(Topics.Request, "mailed"u8.ToArray(), """{"request_id":"mute-1","user_id":"mailed","count":200}"""u8.ToArray()));
        RecommendationRecord? answer = null;
        await Eventually.TrueAsync(() =>
        {
            var answers = LogReader.ReadToEnd(serving.Kafka.Bootstrap, Topics.Response).Select(r => JsonSerializer.Deserialize(r.Value, RecordJson.Default.RecommendationRecord));
            return (answer = answers.FirstOrDefault(a => a?.RequestId == "mute-1")) is not null;
        }, "it is answered");
        var ids = answer!.Videos.Select(v => v.VideoId).ToArray();
        Assert.Empty(ids.Intersect(s_loud));
        Assert.NotEmpty(ids.Intersect(s_quiet));
    }

    private async Task<bool> ShowsAsync(string user, Action<RecommendRequest>? change = null) => (await serving.RecommendAsync(user, r =>
    {
        r.Count = 200;
        change?.Invoke(r);
    })).Ids().Intersect(s_loud).Any();
}
