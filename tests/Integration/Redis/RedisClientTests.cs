using System.Text;
using Recommender.Hosting.Redis;
using Recommender.Tests.Fixtures;
using StackExchange.Redis;

namespace Recommender.Tests.Integration.Redis;

public sealed class RedisClientTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static readonly RedisScript CompareAndSet = new(
        "compare and set",
        """
        if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return {0, redis.call('GET', KEYS[1])} end
        redis.call('SET', KEYS[1], ARGV[2])
        return {1, ARGV[2]}
        """);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_come_back_as_they_were_set()
    {
        var key = NewKey();
        byte[] value = [0, 255, 13, 10, 0];
        Assert.Null(await redis.Client.GetAsync(key, Cancelled));

        await redis.Client.SetAsync(key, value, cancellationToken: Cancelled);

        Assert.Equal(value, await redis.Client.GetAsync(key, Cancelled));
        Assert.Equal(value, await redis.Client.GetAsync(Encoding.UTF8.GetBytes(key!), Cancelled));
        Assert.True(await redis.Client.DeleteAsync(key, Cancelled));
        Assert.False(await redis.Client.DeleteAsync(key, Cancelled));
    }

    [Fact]
    public async Task A_value_with_a_time_to_live_goes_away()
    {
        var (soon, later) = (NewKey(), NewKey());
        await redis.Client.SetAsync(soon, new byte[1], TimeSpan.FromMilliseconds(20), Cancelled);
        await redis.Client.SetAsync(later, new byte[1], cancellationToken: Cancelled);
        Assert.True(await redis.Client.ExpireAsync(later, TimeSpan.FromMilliseconds(20), Cancelled));

        await Eventually.TrueAsync(async () => await redis.Client.GetAsync(soon, Cancelled) is null && await redis.Client.GetAsync(later, Cancelled) is null);

        Assert.False(await redis.Client.ExpireAsync(later, TimeSpan.FromMinutes(1), Cancelled));
    }

    [Fact]
    public async Task Many_keys_are_read_in_their_order_with_gaps()
    {
        RedisKey[] keys = [.. Enumerable.Range(0, 300).Select(_ => NewKey())];
        await redis.Client.SetManyAsync([.. keys.Where((_, i) => i % 3 == 0).Select(k => KeyValuePair.Create(k, (byte[])k!))], cancellationToken: Cancelled);

        var values = await redis.Client.GetManyAsync(keys, Cancelled);

        Assert.Equal(keys.Select((k, i) => i % 3 == 0 ? (string?)k : null), values.Select(v => v is null ? null : Encoding.UTF8.GetString(v)));
    }

    [Fact]
    public async Task Hash_fields_of_many_keys_are_read_in_their_order_with_gaps()
    {
        var (first, second, none) = (NewKey(), NewKey(), NewKey());
        await redis.Client.HashSetAsync(first, [new("0", "a"), new("1", "b")], Cancelled);
        await redis.Client.HashSetAsync(second, [new("1", "c")], Cancelled);

        var rows = await redis.Client.HashGetManyAsync([first, none, second], ["1", "0"], Cancelled);
        var all = await redis.Client.HashGetAllManyAsync([second, none, first], Cancelled);

        Assert.Equal(["b", "a", null, null, "c", null], rows.SelectMany(r => r).Select(v => v is null ? null : Encoding.UTF8.GetString(v)));
        Assert.Equal([1, 0, 2], all.Select(h => h.Length));
        Assert.Equal("a", (string?)(await redis.Client.HashGetAllAsync(first, Cancelled)).Single(f => f.Name == "0").Value);
    }

    [Fact]
    public async Task A_sorted_set_gives_the_highest_first_and_can_be_trimmed()
    {
        var key = NewKey();
        await redis.Client.SortedSetAddAsync(key, [.. Enumerable.Range(0, 10).Select(i => new SortedSetEntry($"v{i}", i * 1.5))], Cancelled);
        await redis.Client.SortedSetRemoveAsync(key, ["v8"], Cancelled);

        Assert.Equal(6, await redis.Client.SortedSetTrimAsync(key, 3, Cancelled));

        var top = await redis.Client.SortedSetTopAsync(key, 10, Cancelled);
        Assert.Equal([("v9", 13.5), ("v7", 10.5), ("v6", 9)], top.Select(e => ((string)e.Element!, e.Score)));
        Assert.Equal("v9", (string?)Assert.Single(await redis.Client.SortedSetTopAsync(key, 1, Cancelled)).Element);
        Assert.Empty(await redis.Client.SortedSetTopAsync(key, 0, Cancelled));
    }

    [Fact]
    public async Task Of_many_who_compare_and_set_at_once_exactly_one_wins_and_the_others_learn_its_value()
    {
        var key = NewKey();

        var replies = await Task.WhenAll(Enumerable.Range(1, 50).Select(async i =>
            (await redis.Client.EvalAsync(CompareAndSet, [key], ["", $"writer-{i}"], Cancelled)).AsArray()));

        Assert.Single(replies, r => r[0].AsInt64() == 1);
        var stored = Encoding.UTF8.GetString((await redis.Client.GetAsync(key, Cancelled))!);
        Assert.All(replies, r => Assert.Equal(stored, r[1].AsString()));
    }

    [Fact]
    public async Task A_script_may_return_nothing_bytes_or_a_number()
    {
        var key = NewKey();
        Assert.True((await redis.Client.EvalAsync(new RedisScript("nothing", "return redis.call('GET', KEYS[1])"), [key], [], Cancelled)).IsNull);
        Assert.Equal([1, 0], (await redis.Client.EvalAsync(new RedisScript("bytes", "return ARGV[1]"), [key], [new byte[] { 1, 0 }], Cancelled)).AsBytes());
        Assert.Equal(7, (await redis.Client.EvalAsync(new RedisScript("number", "return 7"), [key], [], Cancelled)).AsInt64());
        Assert.Empty((await redis.Client.EvalAsync(new RedisScript("list", "return {}"), [key], [], Cancelled)).AsArray());
    }

    [Fact]
    public async Task What_the_server_calls_wrong_is_not_worth_a_retry_and_names_no_key()
    {
        var key = NewKey();
        await redis.Client.HashSetAsync(key, [new("a", "b")], Cancelled);

        var error = await Assert.ThrowsAsync<RedisUnavailableException>(() => redis.Client.GetAsync(key, Cancelled));

        Assert.False(error.IsTransient);
        Assert.Equal("GET", error.Operation);
        Assert.DoesNotContain((string)key!, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_found_by_pattern()
    {
        var prefix = (string)NewKey()!;
        for (var i = 0; i < 2500; i++)
            await redis.Client.SetAsync($"{prefix}:{i}", new byte[1], cancellationToken: Cancelled);

        var found = new HashSet<string>();
        await foreach (var key in redis.Client.ScanKeysAsync(prefix + ":*", Cancelled))
            found.Add(Encoding.UTF8.GetString(key));

        Assert.Equal(2500, found.Count);
    }

    [Fact]
    public async Task A_cancelled_call_ends_as_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => redis.Client.GetAsync(NewKey(), cancel.Token));
    }

    private static RedisKey NewKey() => Guid.NewGuid().ToString("N");
}
