using Grpc.Core;
using Recommender.Contracts;
using Recommender.Contracts.Json;
using Recommender.Hosting.Kafka;
using Recommender.Hosting.Online;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using StackExchange.Redis;
using static Recommender.Tests.Integration.Features.FeaturesFixture;

namespace Recommender.Tests.Integration.Features;

/// <summary>Somebody has written something of another type under a key of the online state: whose it was begins anew, and nobody else waits.</summary>
public sealed class WrongTypeTests : IAsyncLifetime
{
    private readonly FeaturesFixture _fixture = new();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(5)] // read key by key
    [InlineData(20)] // read with one command
    public async Task A_viewer_begins_anew_whether_or_not_the_state_is_in_memory(int others)
    {
        using var process = KillableProcess.Start("Features", _fixture.Settings);
        await LikeAsync("1", others);
        await SetWrongAsync(OnlineKeys.Viewer("somebody"));
        await LikeAsync("2", others);
        Assert.Equal(1, (await _fixture.ViewerAsync("somebody")).Likes);
        await _fixture.WaitUntilCommittedAsync();
        process.Kill();
        await SetWrongAsync(OnlineKeys.Viewer("somebody"));
        using var again = KillableProcess.Start("Features", _fixture.Settings);
        await LikeAsync("3", others);
        Assert.Equal(1, (await _fixture.ViewerAsync("somebody")).Likes);
        Assert.Equal(3, (await _fixture.VideoAsync("v")).Likes);
        for (var i = 0; i < others; i++) Assert.Equal(3, (await _fixture.ViewerAsync($"other{i}")).Views);
        var told = $"1 values of kind viewer were of another type and are begun anew, the first that of the viewer with hash {StableHash.Of("somebody"):x16}";
        await Eventually.TrueAsync(() => again.Output.Contains(told, StringComparison.Ordinal), told); // what a process logs arrives here later than what it does
        Assert.DoesNotContain("somebody", process.Output + again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_video_begins_anew_and_so_does_what_trends()
    {
        await using var features = await _fixture.StartAsync();
        await LikeAsync("1", 0);
        await _fixture.Redis.Client.SetAsync(OnlineKeys.Video("v"), "set by hand"u8.ToArray());
        foreach (var window in OnlineKeys.Windows)
            for (var p = 0; p < Partitions; p++) await _fixture.Redis.Client.SetAsync(OnlineKeys.Trending(window.Name, p), "set by hand"u8.ToArray());
        await LikeAsync("2", 3);
        Assert.Equal(2, (await _fixture.ViewerAsync("somebody")).Likes);
        Assert.Equal(1, (await _fixture.VideoAsync("v")).Likes);
        Assert.Equal(3, (await _fixture.VideoAsync("w")).Views);
        var trending = 0;
        for (var p = 0; p < Partitions; p++) trending += (await TrendingAsync(p)).Length;
        Assert.True(trending > 0);
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(features.HttpAddress + "/metrics", TestContext.Current.CancellationToken);
        foreach (var value in (string[])["video", "trending"])
            Assert.Matches($"recommender_features_states_damaged_total\\{{.*value=\"{value}\".*\\}} [1-9]", metrics);

        async Task<SortedSetEntry[]> TrendingAsync(int partition)
        {
            try
            {
                return await _fixture.Redis.Client.SortedSetTopAsync(OnlineKeys.Trending("24h", partition), 10);
            }
            catch (Recommender.Hosting.Redis.RedisUnavailableException)
            {
                return []; // nothing happened there since
            }
        }
    }

    [Fact]
    public async Task A_catalog_entry_is_written_over()
    {
        await SetWrongAsync(OnlineKeys.Catalog("v"));
        await using var features = await _fixture.StartAsync();
        await _fixture.WriteAsync(new KafkaRecord(Topics.Catalog, "v"u8.ToArray(), VideoJson.Serialize(new Video { VideoId = "v", Title = "anew" })));
        await Eventually.TrueAsync(async () =>
            (await _fixture.Redis.Client.GetManyAsync([OnlineKeys.Catalog("v")]))[0] is { } bytes && CatalogEntry.Decode(bytes).ToVideo()!.Title == "anew");
    }

    [Fact]
    public async Task Watermarks_of_another_type_are_named_and_their_partition_goes_on_when_they_are_gone()
    {
        for (var p = 0; p < Partitions; p++) await SetWrongAsync(OnlineKeys.Partition(p));
        using var process = KillableProcess.Start("Features", _fixture.Settings);
        await _fixture.SendAsync(Event("1", EventType.Like, "somebody", "v"));
        await Eventually.TrueAsync(() => process.Output.Contains("it is no string", StringComparison.Ordinal), "it is told");
        Assert.Matches(@"a stored value can't be read, the watermarks \{w:\d\}: it is no string", process.Output);
        for (var p = 0; p < Partitions; p++) await _fixture.Redis.Client.DeleteAsync(OnlineKeys.Partition(p));
        await _fixture.WaitUntilAbsorbedAsync();
        Assert.Equal(1, (await _fixture.ViewerAsync("somebody")).Likes);
    }

    [Theory]
    [InlineData("garbage", StatusCode.DataLoss, "the viewer's state is damaged: the value ends too early")]
    [InlineData(null, StatusCode.DataLoss, "the viewer's state is damaged: it is no string")]
    [InlineData("\u0001\0\0\0\0\0\0\0\u0009", StatusCode.FailedPrecondition, "the viewer's state is of a later version of this program: a viewer's state has layout 9; this version reads 1 to 4")]
    public async Task Who_asks_for_features_is_told_what_is_wrong_with_a_viewers_state(string? value, StatusCode code, string told)
    {
        await using var features = await _fixture.StartAsync();
        if (value is null) await SetWrongAsync(OnlineKeys.Viewer("somebody"));
        else await _fixture.Redis.Client.SetAsync(OnlineKeys.Viewer("somebody"), System.Text.Encoding.ASCII.GetBytes(value));
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await new FeatureService.FeatureServiceClient(features.Channel).GetUserFeaturesAsync(new GetUserFeaturesRequest { UserId = "somebody" }));
        Assert.Equal((code, told), (error.StatusCode, error.Status.Detail));
        Assert.Contains(error.Trailers, t => t.Key == "grpc-status-details-bin");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_asks_for_features_is_told_what_is_wrong_with_a_videos_counters(bool isHash)
    {
        await using var features = await _fixture.StartAsync();
        if (isHash) await SetWrongAsync(OnlineKeys.Video("v"));
        else await _fixture.Redis.Client.SetAsync(OnlineKeys.Video("v"), "set by hand"u8.ToArray());
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await new FeatureService.FeatureServiceClient(features.Channel).GetVideoFeaturesAsync(new GetVideoFeaturesRequest { VideoId = "v" }));
        Assert.Equal(StatusCode.DataLoss, error.StatusCode);
        Assert.StartsWith("the counters of video 'v' are damaged: ", error.Status.Detail, StringComparison.Ordinal);
    }

    private async Task SetWrongAsync(string key)
    {
        await _fixture.Redis.Client.DeleteAsync(key);
        await _fixture.Redis.Client.HashSetAsync(key, [new HashEntry("0", "set by hand")]);
    }

    private async Task LikeAsync(string id, int others)
    {
        await _fixture.SendAsync([
            Event(id, EventType.Like, "somebody", "v"), .. Enumerable.Range(0, others).Select(i => Event($"{id}-{i}", EventType.View, $"other{i}", "w"))]);
        await _fixture.WaitUntilDoneAsync([id, .. Enumerable.Range(0, others).Select(i => $"{id}-{i}")]);
    }
}
