using Recommender.Hosting.Online;
using Recommender.Tests.Fixtures;
using Recommender.V1;
using static Recommender.Tests.Integration.Features.FeaturesFixture;

namespace Recommender.Tests.Integration.Features;

/// <summary>The service on a Redis Cluster of three nodes.</summary>
public sealed class ClusterTests(RedisClusterFixture cluster) : IClassFixture<RedisClusterFixture>, IAsyncLifetime
{
    private const int Viewers = 60;
    private readonly FeaturesFixture _fixture = new();

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Viewers_of_all_nodes_get_each_event_once_and_so_do_their_videos_also_from_another_life()
    {
        for (var life = 1; life <= 2; life++)
        {
            await using var service = await _fixture.StartAsync($"Redis:Endpoints={cluster.Endpoint}", "Features:MaxBatch=50");
            var client = new FeatureService.FeatureServiceClient(service.Channel);
            await _fixture.SendAsync(Enumerable.Range(0, Viewers * 3).Select(i =>
                Event($"{life}-{i / 2}", EventType.Like, $"viewer{i / 2 % Viewers}", $"video{i / 2 % 7}"))); // each of them twice: a client's retry
            var expected = Count(life);
            await Eventually.TrueAsync(async () => (await Task.WhenAll(Enumerable.Range(0, Viewers).Select(LikesAsync))).SequenceEqual(expected), "each counts once");
            var videos = await Task.WhenAll(Enumerable.Range(0, 7).Select(async v => (await client.GetVideoFeaturesAsync(new GetVideoFeaturesRequest { VideoId = $"video{v}" })).Likes));
            Assert.Equal(expected.Sum(), videos.Sum());

            async Task<long> LikesAsync(int viewer) => (await client.GetUserFeaturesAsync(new GetUserFeaturesRequest { UserId = $"viewer{viewer}" })).Likes;
        }
        Assert.Equal(3, await NodesWithKeysAsync());
    }

    private static long[] Count(int lives) =>
        [.. Enumerable.Range(0, Viewers).Select(v => Enumerable.Range(0, Viewers * 3 / 2).Count(i => i % Viewers == v) * (long)lives)];

    /// <summary>Of the nodes, those that have states of viewers.</summary>
    private async Task<int> NodesWithKeysAsync()
    {
        var cli = Tool.Require("redis-cli", "redis-tools");
        var (_, nodes, _) = await Tool.RunAsync(cli, ["-u", $"redis://{cluster.Endpoint}", "CLUSTER", "NODES"]);
        var count = 0;
        foreach (var node in nodes.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var address = node.Split(' ')[1].Split('@')[0];
            var (_, keys, _) = await Tool.RunAsync(cli, ["-u", $"redis://{address}", "KEYS", OnlineKeys.Viewer("*")]);
            if (keys.Contains("{u:", StringComparison.Ordinal)) count++;
        }
        return count;
    }
}
