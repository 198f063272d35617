using Recommender.Tests.Fixtures;
using Recommender.V1;

namespace Recommender.Tests.EndToEnd.Standalone;

/// <summary>An author is muted, another one followed, by a command, and stays so through the death of the whole system.</summary>
public sealed class MuteTests
{
    [Fact]
    public async Task A_muted_author_is_gone_and_a_followed_one_there_until_that_is_taken_back_whatever_happens_to_the_system()
    {
        using var data = new TempDirectory();
        await using (var system = await RunningSystem.StartAsync(data.Path, "--empty"))
        {
            var request = new UpsertVideosRequest();
            for (var i = 0; i < 12; i++) request.Videos.Add(new Video { VideoId = $"v{i}", AuthorId = i % 3 == 0 ? "loud" : $"quiet{i}" });
            await system.Catalog.UpsertVideosAsync(request);
            await Eventually.TrueAsync(async () => await LoudAsync(system, "mia") > 0 && await LoudAsync(system, "max") > 0);

            var wrong = await system.CommandAsync("track", "mute_author", "mia");
            Assert.Equal((2, "--author is missing; see 'recommender track --help'."), (wrong.Code, wrong.Errors.Trim()));
            wrong = await system.CommandAsync("track", "like", "mia", "v1", "--author", "loud");
            Assert.NotEqual(0, wrong.Code);
            Assert.Contains("event.author_id", wrong.Errors, StringComparison.Ordinal);

            var mute = await system.CommandAsync("track", "mute_author", "mia", "--author", "loud");
            Assert.Equal((0, ""), (mute.Code, mute.Errors));
            Assert.StartsWith("accepted: mute_author of loud by mia, event ", mute.Output, StringComparison.Ordinal);
            await Eventually.TrueAsync(async () => await LoudAsync(system, "mia") == 0);
            Assert.Equal(0, (await system.CommandAsync("track", "follow_author", "mia", "--author", "quiet1")).Code);
            await Eventually.TrueAsync(async () => await FollowedAsync(system) == 1);
            Assert.True(await LoudAsync(system, "max") > 0);
            await system.Process.KillAsync();
        }
        await using var again = await RunningSystem.StartAsync(data.Path, "--empty");
        await Eventually.TrueAsync(async () => await LoudAsync(again, "max") > 0, "the catalog is back");
        Assert.Equal(["loud"], (await again.UserAsync("mia")).MutedAuthorIds);
        Assert.Equal(["quiet1"], (await again.UserAsync("mia")).FollowedAuthorIds);
        Assert.Equal(1, await FollowedAsync(again));
        Assert.Equal(0, await LoudAsync(again, "mia"));
        Assert.Equal(0, (await again.CommandAsync("track", "unmute_author", "mia", "v3", "--author", "loud")).Code);
        await Eventually.TrueAsync(async () => await LoudAsync(again, "mia") > 0);
        Assert.Equal(0, (await again.CommandAsync("track", "unfollow_author", "mia", "--author", "quiet1")).Code);
        await Eventually.TrueAsync(async () => await FollowedAsync(again) == 0);
    }

    private static async Task<int> FollowedAsync(RunningSystem system) => (await system.RecommendAsync("mia", 12)).Videos.Count(v => v is { Source: Source.Followed, VideoId: "v1" });

    private static async Task<int> LoudAsync(RunningSystem system, string user) =>
        (await system.RecommendAsync(user, 12)).Videos.Count(v => int.Parse(v.VideoId[1..], null) % 3 == 0);
}
