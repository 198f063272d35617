using System.Buffers.Binary;
using System.Globalization;
using Recommender.Hosting.Online;
using Recommender.Hosting.Redis;
using RedisKey = StackExchange.Redis.RedisKey;
using RedisValue = StackExchange.Redis.RedisValue;

namespace Recommender.Features.Online;

/// <summary>Online state in Redis; see <see cref="OnlineKeys"/> for the keys and <see cref="FencedScripts"/> for what guards the writes.</summary>
/// <param name="redis">A connection of its own: its long pipelines would hold up the reads of others.</param>
/// <param name="options">How many trending videos are kept.</param>
/// <param name="wrongTypes">Removes what is no value of ours at all.</param>
internal sealed class RedisOnlineStore(IRedis redis, FeaturesOptions options, WrongTypes wrongTypes) : IOnlineStore
{
    // Lua cannot unpack more than some 8,000 values.
    private const int ScoresPerScript = 1000;

    // A call costs both sides as much as the writing of several values. In a cluster the values lie in slots of their own.
    private const int ValuesPerCall = 64;

    // Of a cluster's servers this asks some; each of the others is asked when something is written to it.
    private static readonly RedisCall[] s_places = [.. Enumerable.Range(0, 8).Select(i => new RedisCall([OnlineKeys.Partition(i)], []))];

    private FencedScripts _scripts = new();

    private int KeysPerCall => redis.IsSharded ? 1 : ValuesPerCall;

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        var scripts = new FencedScripts();
        await scripts.LoadAsync(redis, cancellationToken);
        _scripts = scripts;
    }

    public Task CheckAsync(CancellationToken cancellationToken) => RunAsync(_scripts.Check, s_places, cancellationToken);

    public async Task<byte[][]> ReadViewersAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken)
    {
        var values = await redis.GetManyAsync(Keys(userIds, OnlineKeys.Viewer), cancellationToken);
        return Array.ConvertAll(values, v => v ?? []);
    }

    public async Task<byte[][]> ReadVideosAsync(IReadOnlyList<string> videoIds, int partition, CancellationToken cancellationToken)
    {
        RedisValue[] field = [OnlineKeys.PartitionField(partition)];
        var calls = Keys(videoIds, OnlineKeys.Video).Chunk(KeysPerCall).Select(keys => new RedisCall(keys, field)).ToArray();
        var script = _scripts.ReadVideos;
        var replies = await wrongTypes.RunAsync(KeyKind.Video, videoIds, () => RunAsync(script, calls, cancellationToken), cancellationToken);
        return [.. replies.SelectMany(r => r.AsArray()).Select(r => r.AsBytes() ?? [])];
    }

    public async Task<CatalogEntry?[]> ReadCatalogAsync(IReadOnlyList<string> videoIds, CancellationToken cancellationToken)
    {
        var values = await redis.GetManyAsync(Keys(videoIds, OnlineKeys.Catalog), cancellationToken);
        return Array.ConvertAll(values, CatalogEntry? (v) => v is not null && CatalogEntry.TryDecode(v, out var entry) ? entry : null);
    }

    public async Task<byte[]> ReadMarksAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return await redis.GetAsync(key, cancellationToken) ?? [];
        }
        catch (RedisUnavailableException e) when (e.IsWrongType)
        {
            throw UnreadableValueException.OfMarks(key, new InvalidDataException("it is no string", e));
        }
    }

    public Task<byte[]?[]> WriteViewersAsync(IReadOnlyList<ValueWrite> writes, CancellationToken cancellationToken) =>
        WriteValuesAsync(_scripts.WriteViewers, writes, KeyKind.Viewer, [], cancellationToken);

    public Task<byte[]?[]> WriteVideosAsync(IReadOnlyList<ValueWrite> writes, int partition, CancellationToken cancellationToken) =>
        WriteValuesAsync(_scripts.WriteVideos, writes, KeyKind.Video, [OnlineKeys.PartitionField(partition)], cancellationToken);

    public Task RemoveViewerAsync(string userId, byte[] value, CancellationToken cancellationToken) =>
        RunAsync(_scripts.RemoveViewer, [new RedisCall([OnlineKeys.Viewer(userId)], [value])], cancellationToken);

    public Task DeleteListsAsync(IReadOnlyList<string> userIds, CancellationToken cancellationToken) =>
        Task.WhenAll(userIds.Select(id => redis.DeleteAsync(OnlineKeys.List(id), cancellationToken)));

    public async Task<double> WriteTrendingAsync(string window, int partition, IReadOnlyList<TrendingScore> scores, CancellationToken cancellationToken)
    {
        var name = OnlineKeys.Trending(window, partition);
        RedisKey[] key = [name];
        var highest = scores.Count > options.TrendingVideos ? scores.OrderByDescending(s => s.Log2).Take(options.TrendingVideos) : scores;
        var calls = highest.Chunk(ScoresPerScript).Select(chunk => new RedisCall(key, [options.TrendingVideos, .. chunk.SelectMany(Pair)])).ToArray();
        var lowest = await wrongTypes.RunAsync(KeyKind.Trending, [name], () => RunAsync(_scripts.WriteTrending, calls, cancellationToken), cancellationToken);
        return lowest.Max(r => r.IsNull ? double.NegativeInfinity : double.Parse(r.AsString()!, CultureInfo.InvariantCulture));

        // Seventeen digits: what is read back is the same number.
        static RedisValue[] Pair(TrendingScore score) => [score.Log2.ToString("R", CultureInfo.InvariantCulture), score.VideoId];
    }

    public Task WriteCatalogAsync(IReadOnlyCollection<KeyValuePair<string, CatalogEntry>> entries, CancellationToken cancellationToken) =>
        CatalogStore.WriteManyAsync(redis, entries, cancellationToken);

    public async Task<byte[]?> WriteMarksAsync(string key, byte[] expected, byte[] value, CancellationToken cancellationToken) =>
        (await RunAsync(_scripts.WriteMarks, [new RedisCall([key], [expected, value])], cancellationToken))[0].AsBytes();

    /// <param name="script">Writes values by compare-and-set.</param>
    /// <param name="writes">The values.</param>
    /// <param name="kind">Whether they are viewers or videos.</param>
    /// <param name="first">Arguments in front of versions and values.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task<byte[]?[]> WriteValuesAsync(
        RedisScript script, IReadOnlyList<ValueWrite> writes, KeyKind kind, RedisValue[] first, CancellationToken cancellationToken)
    {
        var chunks = writes.Chunk(KeysPerCall).ToArray();
        var calls = Array.ConvertAll(chunks, chunk => new RedisCall(Array.ConvertAll(chunk, w => (RedisKey)kind.Key(w.Id)), Arguments(first, chunk)));
        // What the first try has written is found by the second, and needs no change any more.
        var replies = await wrongTypes.RunAsync(kind, writes.Select(w => w.Id), () => RunAsync(script, calls, cancellationToken), cancellationToken);
        var current = new byte[]?[writes.Count];
        for (int chunk = 0, begin = 0; chunk < chunks.Length; begin += chunks[chunk++].Length)
        {
            var lost = replies[chunk].AsArray();
            for (var i = 0; i < lost.Length; i += 2) current[begin + lost[i].AsInt64() - 1] = lost[i + 1].AsBytes();
        }
        return current;
    }

    private async Task<RedisReply[]> RunAsync(RedisScript script, RedisCall[] calls, CancellationToken cancellationToken)
    {
        if (calls.Length == 0) return [];
        try
        {
            return await redis.EvalLoadedAsync(script, calls, cancellationToken);
        }
        catch (RedisScriptMissingException e)
        {
            throw new StateLostException("Redis was restarted or replaced", e);
        }
    }

    private static RedisValue[] Arguments(RedisValue[] first, ValueWrite[] writes)
    {
        var arguments = new RedisValue[first.Length + (2 * writes.Length)];
        first.CopyTo(arguments, 0);
        for (var i = 0; i < writes.Length; i++)
            (arguments[first.Length + (2 * i)], arguments[first.Length + (2 * i) + 1]) = (Version(writes[i].Expected), writes[i].Value);
        return arguments;
    }

    private static RedisKey[] Keys(IReadOnlyList<string> ids, Func<string, string> key)
    {
        var keys = new RedisKey[ids.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = key(ids[i]);
        return keys;
    }

    private static RedisValue Version(ulong version)
    {
        if (version == 0) return "";
        var bytes = new byte[ViewerState.VersionBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, version);
        return bytes;
    }
}
