using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Recommender.Hosting.Redis;

/// <summary>The one connection of a process to Redis, over StackExchange.Redis.</summary>
public sealed class RedisClient : IRedis, IAsyncDisposable
{
    // From this many keys on, one command for several of them saves more than it costs to find out whether the server takes it.
    private const int ManyKeys = 4;
    private const int KeysPerCommand = 64;
    private const int ScanPage = 1000;

    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly RedisConnection _connection;

    /// <summary>Begins to connect in the background.</summary>
    /// <param name="options">Where Redis is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public RedisClient(RedisOptions options, TimeProvider time, ILogger<RedisClient> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time;
        _connection = new RedisConnection(options, time, logger);
    }

    /// <inheritdoc/>
    public bool IsConnected => _connection.IsConnected;

    /// <inheritdoc/>
    public bool IsSharded => _connection.IsSharded;

    /// <inheritdoc/>
    public Task PingAsync(CancellationToken cancellationToken = default) =>
        RunAsync("PING", static (db, _) => db.PingAsync(), 0, cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]?> GetAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        RunAsync("GET", static async (db, key) => (byte[]?)await db.StringGetAsync(key), key, cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]?[]> GetManyAsync(IReadOnlyList<RedisKey> keys, CancellationToken cancellationToken = default) =>
        GetManyAsync(keys, CommandFlags.None, cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]?[]> GetManyFromAnyAsync(IReadOnlyList<RedisKey> keys, CancellationToken cancellationToken = default) =>
        GetManyAsync(keys, CommandFlags.PreferSlave, cancellationToken);

    /// <inheritdoc/>
    public Task SetAsync(RedisKey key, ReadOnlyMemory<byte> value, TimeSpan? expiry = null, CancellationToken cancellationToken = default) =>
        RunAsync("SET", static (db, a) => db.StringSetAsync(a.key, ToArray(a.value), a.expiry), (key, value, expiry), cancellationToken);

    /// <inheritdoc/>
    public Task SetManyAsync(IReadOnlyList<KeyValuePair<RedisKey, byte[]>> values, TimeSpan? expiry = null, CancellationToken cancellationToken = default) =>
        RunAsync("SET", static (db, a) => Each(a.values, (db, a.expiry), static (s, v) => s.db.StringSetAsync(v.Key, v.Value, s.expiry)), (values, expiry), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        RunAsync("DEL", static (db, key) => db.KeyDeleteAsync(key), key, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ExpireAsync(RedisKey key, TimeSpan expiry, CancellationToken cancellationToken = default) =>
        RunAsync("EXPIRE", static (db, a) => db.KeyExpireAsync(a.key, a.expiry), (key, expiry), cancellationToken);

    /// <inheritdoc/>
    public Task<HashEntry[]> HashGetAllAsync(RedisKey key, CancellationToken cancellationToken = default) =>
        RunAsync("HGETALL", static (db, key) => db.HashGetAllAsync(key), key, cancellationToken);

    /// <inheritdoc/>
    public Task<HashEntry[][]> HashGetAllManyAsync(IReadOnlyList<RedisKey> keys, CancellationToken cancellationToken = default) =>
        RunAsync("HGETALL", static (db, keys) => EachOrNone(keys, db, static (db, k) => db.HashGetAllAsync(k), []), keys, cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]?[][]> HashGetManyAsync(IReadOnlyList<RedisKey> keys, RedisValue[] fields, CancellationToken cancellationToken = default) =>
        RunAsync(
            "HMGET",
            static async (db, a) =>
            {
                var rows = await Each(a.keys, (db, a.fields), static (s, k) => s.db.HashGetAsync(k, s.fields));
                return Array.ConvertAll(rows, row => Array.ConvertAll(row, v => (byte[]?)v));
            },
            (keys, fields), cancellationToken);

    /// <inheritdoc/>
    public Task HashSetAsync(RedisKey key, HashEntry[] fields, CancellationToken cancellationToken = default) =>
        RunAsync("HSET", static (db, a) => Typed(db.HashSetAsync(a.key, a.fields)), (key, fields), cancellationToken);

    /// <inheritdoc/>
    public Task<RedisReply> EvalAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        return RunAsync(script.Name, static (db, a) => RedisScripts.EvalAsync(db, a.script, a.keys, a.arguments), (script, keys, arguments), cancellationToken);
    }

    /// <inheritdoc/>
    public Task LoadScriptAsync(RedisScript script, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        return RunAsync("SCRIPT LOAD", static (db, script) => RedisScripts.LoadAsync(Primaries(db.Multiplexer), script), script, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<RedisReply[]> EvalLoadedAsync(RedisScript script, IReadOnlyList<RedisCall> calls, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        return RunAsync(script.Name, static (db, a) => RedisScripts.EvalLoadedAsync(db, a.script, a.calls), (script, calls), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<SortedSetEntry[]> SortedSetTopAsync(RedisKey key, int count, CancellationToken cancellationToken = default) =>
        count <= 0
            ? Task.FromResult<SortedSetEntry[]>([])
            : RunAsync("ZRANGE", static (db, a) => db.SortedSetRangeByRankWithScoresAsync(a.key, 0, a.count - 1, Order.Descending), (key, count), cancellationToken);

    /// <inheritdoc/>
    public Task SortedSetAddAsync(RedisKey key, SortedSetEntry[] entries, CancellationToken cancellationToken = default) =>
        RunAsync("ZADD", static (db, a) => db.SortedSetAddAsync(a.key, a.entries), (key, entries), cancellationToken);

    /// <inheritdoc/>
    public Task SortedSetRemoveAsync(RedisKey key, RedisValue[] members, CancellationToken cancellationToken = default) =>
        RunAsync("ZREM", static (db, a) => db.SortedSetRemoveAsync(a.key, a.members), (key, members), cancellationToken);

    /// <inheritdoc/>
    public Task<long> SortedSetTrimAsync(RedisKey key, int keep, CancellationToken cancellationToken = default) =>
        RunAsync("ZREMRANGEBYRANK", static (db, a) => db.SortedSetRemoveRangeByRankAsync(a.key, 0, -a.keep - 1L), (key, keep), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<byte[]> ScanKeysAsync(string pattern, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var db = await _connection.DatabaseAsync(cancellationToken);
        foreach (var server in Primaries(db.Multiplexer))
        {
            // The library walks synchronously, a page at a time, so each page has a thread of the pool.
            using var keys = server.Keys(db.Database, pattern, ScanPage).GetEnumerator();
            byte[][] page;
            do
            {
                page = await RunAsync("SCAN", static (_, keys) => Task.Run(() => Take(keys)), keys, cancellationToken);
                foreach (var key in page) yield return key;
            }
            while (page.Length == ScanPage);
        }
    }

    /// <inheritdoc/>
    public async Task<string> RunIdAsync(CancellationToken cancellationToken = default)
    {
        const string Field = "run_id:";
        var info = await RunAsync("INFO", static async (db, _) => (string?)await db.ExecuteAsync("INFO", "server") ?? "", 0, cancellationToken);
        var begin = info.IndexOf(Field, StringComparison.Ordinal);
        return begin < 0 ? "" : info[(begin + Field.Length)..].Split('\r', '\n')[0];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private Task<byte[]?[]> GetManyAsync(IReadOnlyList<RedisKey> keys, CommandFlags flags, CancellationToken cancellationToken)
    {
        if (keys is RedisKey[] few && HashTags.AreOne(few))
            return RunAsync("MGET", static async (db, a) => Bytes(await db.StringGetAsync(a.few, a.flags)), (few, flags), cancellationToken);

        return keys.Count >= ManyKeys && !IsSharded
            ? RunAsync(
                "MGET",
                static async (db, a) => Bytes([.. (await Each([.. a.keys.Chunk(KeysPerCommand)], (db, a.flags), static (s, k) => s.db.StringGetAsync(k, s.flags))).SelectMany(c => c)]),
                (keys, flags), cancellationToken)
            : RunAsync(
                "GET", static async (db, a) => Bytes(await EachOrNone(a.keys, (db, a.flags), static (s, k) => s.db.StringGetAsync(k, s.flags), RedisValue.Null)), (keys, flags), cancellationToken);
    }

    private static byte[]?[] Bytes(RedisValue[] values) => Array.ConvertAll(values, v => (byte[]?)v);

    /// <summary>The bytes as an array, copied only where the memory is a part of one.</summary>
    private static byte[] ToArray(ReadOnlyMemory<byte> value) =>
        MemoryMarshal.TryGetArray(value, out var whole) && whole.Offset == 0 && whole.Count == whole.Array!.Length ? whole.Array : value.ToArray();

    /// <summary>Sends one command for each item before it waits for any answer.</summary>
    internal static Task<TResult[]> Each<TItem, TState, TResult>(IReadOnlyList<TItem> items, TState state, Func<TState, TItem, Task<TResult>> send)
    {
        var tasks = new Task<TResult>[items.Count];
        for (var i = 0; i < tasks.Length; i++)
            tasks[i] = send(state, items[i]);

        return Task.WhenAll(tasks);
    }

    /// <summary>As <see cref="Each"/>; a key of another type has <paramref name="none"/>.</summary>
    private static async Task<TResult[]> EachOrNone<TItem, TState, TResult>(IReadOnlyList<TItem> items, TState state, Func<TState, TItem, Task<TResult>> send, TResult none)
    {
        try
        {
            return await Each(items, state, send);
        }
        catch (RedisServerException e) when (RedisErrors.IsWrongType(e))
        {
            // So rare that the others may be asked once more.
            return await Each(items, (state, send, none), static async (s, item) =>
            {
                try
                {
                    return await s.send(s.state, item);
                }
                catch (RedisServerException e) when (RedisErrors.IsWrongType(e))
                {
                    return s.none;
                }
            });
        }
    }

    private static async Task<bool> Typed(Task task)
    {
        await task;
        return true;
    }

    private static IServer[] Primaries(ConnectionMultiplexer multiplexer) =>
        [.. multiplexer.GetEndPoints().Select(e => multiplexer.GetServer(e)).Where(s => s.IsConnected && !s.IsSlave)];

    private static byte[][] Take(IEnumerator<RedisKey> keys)
    {
        var page = new List<byte[]>(ScanPage);
        while (page.Count < ScanPage && keys.MoveNext()) page.Add((byte[])keys.Current!);
        return [.. page];
    }

    private async Task<TResult> RunAsync<TArgument, TResult>(
        string operation, Func<IDatabase, TArgument, Task<TResult>> command, TArgument argument, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var begin = _time.GetTimestamp();
        try
        {
            // The library's asynchronous calls never time out by themselves.
            var db = await _connection.DatabaseAsync(cancellationToken);
            var result = await command(db, argument).WaitAsync(_options.Timeout, cancellationToken);
            RedisMetrics.Ended(operation, _time.GetElapsedTime(begin), null);
            return result;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            RedisMetrics.Ended(operation, _time.GetElapsedTime(begin), e.GetType().Name);
            throw new RedisUnavailableException(operation, RedisErrors.IsTransient(e), _options.RetryDelay, e);
        }
    }
}
