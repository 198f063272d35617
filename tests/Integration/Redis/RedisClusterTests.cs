using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Redis;
using Recommender.Tests.Fixtures;
using StackExchange.Redis;

namespace Recommender.Tests.Integration.Redis;

/// <summary>Every command has a form that a cluster of three nodes takes, from a client that knows one of them.</summary>
public sealed class RedisClusterTests(RedisClusterFixture cluster) : IClassFixture<RedisClusterFixture>, IAsyncLifetime
{
    private RedisClient _client = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        var options = new RedisOptions { Endpoints = cluster.Endpoint, Timeout = TimeSpan.FromSeconds(20) };
        _client = new RedisClient(options, TimeProvider.System, NullLogger<RedisClient>.Instance);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task Keys_of_all_nodes_are_written_and_read_together()
    {
        RedisKey[] keys = [.. Enumerable.Range(0, 100).Select(i => (RedisKey)$"{{u:{i}}}:s")];
        await _client.SetManyAsync([.. keys.Select((k, i) => KeyValuePair.Create(k, new byte[] { (byte)i }))], cancellationToken: Cancelled);
        foreach (var key in keys)
            await _client.HashSetAsync((string)key! + ":h", [new("0", "a")], Cancelled);

        var values = await _client.GetManyAsync(keys, Cancelled);
        var hashes = await _client.HashGetAllManyAsync([.. keys.Select(k => (RedisKey)((string)k! + ":h"))], Cancelled);

        Assert.Equal(Enumerable.Range(0, 100), values.Select(v => (int)v![0]));
        Assert.All(hashes, h => Assert.Single(h));
    }

    [Fact]
    public async Task A_script_runs_on_the_node_of_its_key_known_there_or_not()
    {
        var script = new RedisScript("count", $"-- {Guid.NewGuid()}\nreturn redis.call('INCR', KEYS[1])");
        for (var round = 1; round <= 2; round++)
        {
            for (var i = 0; i < 20; i++)
                Assert.Equal(round, (await _client.EvalAsync(script, [$"{{c:{i}}}:n"], [], Cancelled)).AsInt64());
        }
    }
}
