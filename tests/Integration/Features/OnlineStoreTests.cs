using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Features;
using Recommender.Features.Online;
using Recommender.Hosting.Online;
using Recommender.Tests.Fixtures;

namespace Recommender.Tests.Integration.Features;

/// <summary>The conditional writes on a real server.</summary>
public sealed class OnlineStoreTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private async Task<RedisOnlineStore> BeginAsync(int trendingVideos = 2000)
    {
        var store = new RedisOnlineStore(
            redis.Client, new FeaturesOptions { TrendingVideos = trendingVideos }, new WrongTypes(redis.Client, new FeatureMetrics(), NullLogger<WrongTypes>.Instance));
        await store.BeginAsync(Cancelled);
        return store;
    }

    private static byte[] Value(ulong version, byte rest)
    {
        var bytes = new byte[9];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, version);
        bytes[8] = rest;
        return bytes;
    }

    [Fact]
    public async Task A_value_is_written_over_the_version_that_was_read_alone()
    {
        var store = await BeginAsync();
        Assert.Equal([null, null], await store.WriteViewersAsync([new("a", 0, Value(1, 7)), new("b", 0, Value(1, 8))], Cancelled));
        Assert.Equal([Value(1, 7), null, []], await store.WriteViewersAsync([new("a", 0, Value(1, 9)), new("b", 1, Value(2, 9)), new("c", 5, Value(6, 9))], Cancelled));
        Assert.Equal([Value(1, 7), Value(2, 9), []], await store.ReadViewersAsync(["a", "b", "c"], Cancelled));
    }

    [Fact]
    public async Task A_partitions_field_of_a_video_likewise_and_the_others_stay()
    {
        var store = await BeginAsync();
        Assert.Equal([null], await store.WriteVideosAsync([new("v", 0, Value(1, 1))], 0, Cancelled));
        Assert.Equal([null], await store.WriteVideosAsync([new("v", 0, Value(1, 2))], 1, Cancelled));
        Assert.Equal([Value(1, 2)], await store.WriteVideosAsync([new("v", 0, Value(1, 3))], 1, Cancelled));
        Assert.Equal([Value(1, 1)], await store.ReadVideosAsync(["v"], 0, Cancelled));
        Assert.Equal([Value(1, 2), []], await store.ReadVideosAsync(["v", "w"], 1, Cancelled));
    }

    [Fact]
    public async Task Watermarks_are_written_over_the_bytes_that_were_read_alone()
    {
        var store = await BeginAsync();
        Assert.Null(await store.WriteMarksAsync("{w:99}", [], [1, 0], Cancelled));
        Assert.Equal([1, 0], (await store.WriteMarksAsync("{w:99}", [], [2], Cancelled))!);
        Assert.Null(await store.WriteMarksAsync("{w:99}", [1, 0], [3], Cancelled));
        Assert.Equal([3], (await store.ReadMarksAsync("{w:99}", Cancelled))!);
    }

    [Fact]
    public async Task Trending_scores_only_rise_and_the_lowest_are_forgotten()
    {
        var store = await BeginAsync(trendingVideos: 10);
        await store.WriteTrendingAsync("x", 0, [.. Enumerable.Range(0, 2500).Select(i => new TrendingScore($"v{i}", i + (1.0 / 3)))], Cancelled);
        await store.WriteTrendingAsync("x", 0, [new("v2499", 1), new("v2490", 5000.5)], Cancelled);
        var top = await redis.Client.SortedSetTopAsync(OnlineKeys.Trending("x", 0), 100, Cancelled);
        Assert.Equal(10, top.Length);
        Assert.Equal([("v2490", 5000.5), ("v2499", 2499 + (1.0 / 3))], top.Take(2).Select(e => (e.Element.ToString(), e.Score)));
    }

    [Fact]
    public async Task After_a_restart_of_the_server_no_write_takes_effect_until_the_store_begins_anew()
    {
        var store = await BeginAsync();
        await store.WriteViewersAsync([new("r", 0, Value(1, 1))], Cancelled);
        await Eventually.TrueAsync(() => redis.Server.SyncAsync(Cancelled)); // while the disk is slow Redis answers before it writes
        await redis.Server.KillAsync();
        await redis.Server.StartAgainAsync(Cancelled);
        await Eventually.SucceedsAsync<byte[][], Recommender.Hosting.Redis.RedisUnavailableException>(() => store.ReadViewersAsync(["r"], Cancelled));
        await Assert.ThrowsAsync<StateLostException>(() => store.WriteViewersAsync([new("r", 1, Value(2, 2))], Cancelled));
        await Assert.ThrowsAsync<StateLostException>(() => store.WriteVideosAsync([new("r", 0, Value(1, 2))], 0, Cancelled));
        await Assert.ThrowsAsync<StateLostException>(() => store.WriteMarksAsync("{w:r}", [], [1], Cancelled));
        Assert.Equal([Value(1, 1)], await store.ReadViewersAsync(["r"], Cancelled));
        await store.BeginAsync(Cancelled);
        Assert.Equal([null], await store.WriteViewersAsync([new("r", 1, Value(2, 2))], Cancelled));
    }

    [Fact]
    public async Task Of_two_catalog_records_the_newer_wins_and_a_new_log_begins_anew()
    {
        async Task<bool> WriteAsync(ulong log, long offset, string json) =>
            await CatalogStore.WriteAsync(redis.Client, "c", new CatalogEntry(log, offset, System.Text.Encoding.UTF8.GetBytes(json)), Cancelled);
        async Task<string> ReadAsync() => System.Text.Encoding.UTF8.GetString((await CatalogStore.ReadManyAsync(redis.Client, ["c"], Cancelled))[0]!.Value.Json.Span);

        Assert.True(await WriteAsync(1, 9, "nine"));
        Assert.False(await WriteAsync(1, 9, "again"));
        Assert.False(await WriteAsync(1, 8, "eight"));
        Assert.Equal("nine", await ReadAsync());
        Assert.True(await WriteAsync(1, 10, "ten"));
        Assert.True(await WriteAsync(2, 0, "other log"));
        Assert.Equal("other log", await ReadAsync());
        Assert.True(await WriteAsync(2, 1, ""));
        Assert.False(await WriteAsync(2, 0, "late"));
        Assert.Equal("", await ReadAsync());
    }
}
