using System.Globalization;
using Recommender.Hosting.Redis;
using RedisKey = StackExchange.Redis.RedisKey;
using RedisValue = StackExchange.Redis.RedisValue;

namespace Recommender.Hosting.Online;

/// <summary>
/// Catalog entries in Redis. The one who writes a record to the catalog topic may write it through with the position that Kafka gave it; the
/// feature service writes every record of the topic. Whoever comes late with an older record changes nothing.
/// </summary>
public static class CatalogStore
{
    /// <summary>How long a deleted video leaves a mark. Writers that are later than that do not exist.</summary>
    public static readonly TimeSpan DeletedMarkLifetime = TimeSpan.FromDays(7);

    // KEYS[1]: the entry. ARGV: log, offset, value, lifetime in milliseconds or ''. Offsets of different logs do not compare: the writer wins, as it
    // does over what is of another type.
    private static readonly RedisScript s_write = new(
        "catalog-write",
        """
        local current = redis.pcall('GET', KEYS[1])
        if type(current) == 'string' then
          local log, offset = string.match(current, '^(%x+) (%d+)\n')
          if log == ARGV[1] and tonumber(offset) >= tonumber(ARGV[2]) then return 0 end
        end
        if ARGV[4] == '' then redis.call('SET', KEYS[1], ARGV[3]) else redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4]) end
        return 1
        """);

    /// <summary>Writes an entry unless one of the same or a newer record of its log is there.</summary>
    /// <returns>Whether it was written.</returns>
    /// <exception cref="RedisUnavailableException">Redis did not take it; try again.</exception>
    public static async Task<bool> WriteAsync(IRedis redis, string videoId, CatalogEntry entry, CancellationToken cancellationToken = default)
    {
        var reply = await redis.EvalAsync(s_write, [OnlineKeys.Catalog(videoId)], Arguments(entry), cancellationToken);
        return reply.AsInt64() == 1;
    }

    /// <summary>As <see cref="WriteAsync"/> for many videos at once.</summary>
    /// <returns>How many were written.</returns>
    /// <exception cref="RedisUnavailableException">Redis did not take all of them; try again.</exception>
    public static async Task<int> WriteManyAsync(
        IRedis redis, IReadOnlyCollection<KeyValuePair<string, CatalogEntry>> entries, CancellationToken cancellationToken = default)
    {
        var replies = await Task.WhenAll(entries.Select(e => WriteAsync(redis, e.Key, e.Value, cancellationToken)));
        return replies.Count(written => written);
    }

    /// <summary>Reads entries, in the order of the ids; null where there is none. A deleted video may have an entry that says so.</summary>
    /// <exception cref="RedisUnavailableException">Redis did not answer.</exception>
    /// <exception cref="InvalidDataException">An entry is damaged.</exception>
    public static async Task<CatalogEntry?[]> ReadManyAsync(IRedis redis, IReadOnlyCollection<string> videoIds, CancellationToken cancellationToken = default)
    {
        var values = await redis.GetManyAsync([.. videoIds.Select(id => (RedisKey)OnlineKeys.Catalog(id))], cancellationToken);
        return Array.ConvertAll(values, v => v is null ? (CatalogEntry?)null : CatalogEntry.Decode(v));
    }

    private static RedisValue[] Arguments(CatalogEntry entry) =>
    [
        entry.Log.ToString("x16", CultureInfo.InvariantCulture), entry.Offset, entry.Encode(),
        entry.IsDeleted ? (RedisValue)(long)DeletedMarkLifetime.TotalMilliseconds : "",
    ];
}
