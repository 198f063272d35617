using System.Globalization;
using System.Text;
using Recommender.Hosting.Online;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using StackExchange.Redis;
using static Recommender.Tests.Integration.Features.FeaturesFixture;

namespace Recommender.Tests.Integration.Features;

/// <summary>Values in Redis that somebody has written by hand.</summary>
public sealed class DamagedStateTests : IAsyncLifetime
{
    private readonly FeaturesFixture _fixture = new();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData("garbage")]
    [InlineData("garbage that is longer than a version")]
    public async Task A_viewers_damaged_state_begins_anew_and_its_partition_goes_on(string garbage)
    {
        byte[] damaged = Encoding.UTF8.GetBytes(garbage);
        await using (await _fixture.StartAsync())
        {
            await LikeAsync("1");
            await _fixture.Redis.Client.SetAsync(OnlineKeys.Viewer("ann"), damaged); // the service has the state in memory
            await LikeAsync("2");
            Assert.Equal(1, (await _fixture.ViewerAsync("ann")).Likes);
        }
        await _fixture.Redis.Client.SetAsync(OnlineKeys.Viewer("ann"), damaged);
        await using var again = await _fixture.StartAsync();
        await LikeAsync("3");
        Assert.Equal(1, (await _fixture.ViewerAsync("ann")).Likes);
        Assert.Equal(3, (await _fixture.VideoAsync("v")).Likes);
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(again.HttpAddress + "/metrics", TestContext.Current.CancellationToken);
        Assert.Contains("recommender_features_states_damaged_total", metrics, StringComparison.Ordinal);

        async Task LikeAsync(string id)
        {
            await _fixture.SendAsync(Event(id, EventType.Like, "ann", "v"));
            await _fixture.WaitUntilDoneAsync(id);
        }
    }

    [Fact]
    public async Task A_state_of_a_later_version_is_told_once_without_the_viewers_id_and_absorbed_when_it_can_be()
    {
        byte[] later = [1, 0, 0, 0, 0, 0, 0, 0, 5];
        await _fixture.Redis.Client.SetAsync(OnlineKeys.Viewer("somebody"), later);
        using var process = KillableProcess.Start("Features", _fixture.Settings);
        await _fixture.SendAsync(Event("1", EventType.Like, "somebody", "v"));
        await Eventually.TrueAsync(() => Count(process.Output, "from where state and archive end") >= 5, "it tries again and again");
        Assert.Equal(1, Count(process.Output, $"this will not mend itself: a stored value can't be read, the state of the viewer with hash {StableHash.Of("somebody"):x16}"));
        Assert.DoesNotContain("somebody", process.Output, StringComparison.Ordinal);
        Assert.Equal(later, await _fixture.Redis.Client.GetAsync(OnlineKeys.Viewer("somebody")));
        await _fixture.Redis.Client.DeleteAsync(OnlineKeys.Viewer("somebody"));
        await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync("somebody")).Likes == 1);
    }

    [Theory]
    [InlineData("state")]
    [InlineData("counters")]
    [InlineData("watermarks")]
    public async Task Other_partitions_go_on_into_state_and_archive_while_one_waits(string value)
    {
        var stuck = (await _fixture.SendAsync(Event("0", EventType.Like, "somebody", "v")))[0].Partition;
        var key = value switch { "state" => OnlineKeys.Viewer("somebody"), "counters" => OnlineKeys.Video("v"), _ => OnlineKeys.Partition(stuck) };
        if (value == "counters") await _fixture.Redis.Client.HashSetAsync(key, [new HashEntry(stuck.ToString(CultureInfo.InvariantCulture), "set by hand")]);
        else await _fixture.Redis.Client.SetAsync(key, value == "state" ? [1, 0, 0, 0, 0, 0, 0, 0, 5] : "set by hand"u8.ToArray());
        await using var features = await _fixture.StartAsync();
        for (var round = 1; round <= 3; round++)
        {
            var events = Enumerable.Range(0, 20).Select(i => Event($"{round}-{i}", EventType.Like, $"other{i}", "w")).ToArray();
            var positions = await _fixture.SendAsync(events);
            var others = events.Zip(positions).Where(e => e.Second.Partition != stuck).Select(e => e.First).ToArray();
            Assert.NotEmpty(others);
            foreach (var e in others) await Eventually.TrueAsync(async () => (await _fixture.ViewerAsync(e.UserId)).Likes == round);
            await Eventually.TrueAsync(async () => !others.Select(e => e.EventId).Except(await _fixture.ArchivedEventIdsAsync()).Any(), "they are archived");
        }
        Assert.DoesNotContain("0", await _fixture.ArchivedEventIdsAsync());

        await _fixture.Redis.Client.DeleteAsync(key);
        await _fixture.WaitUntilDoneAsync("0");
        Assert.Equal(1, (await _fixture.ViewerAsync("somebody")).Likes);
        for (var i = 0; i < 20; i++) Assert.Equal(3, (await _fixture.ViewerAsync($"other{i}")).Likes);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
