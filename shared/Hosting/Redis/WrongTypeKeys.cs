using StackExchange.Redis;

namespace Recommender.Hosting.Redis;

/// <summary>Keys of ours under which somebody has written something of another type. Redis refuses every command that is for our type until they are removed.</summary>
public static class WrongTypeKeys
{
    // Returns the type that was there when it was the wrong one.
    private static readonly RedisScript s_remove = new(
        "wrong-type-remove",
        """
        local found = redis.call('TYPE', KEYS[1]).ok
        if found == 'none' or found == ARGV[1] then return nil end
        redis.call('DEL', KEYS[1])
        return found
        """);

    /// <summary>Removes a key unless it is of our type.</summary>
    /// <param name="redis">Where the key is.</param>
    /// <param name="key">The key.</param>
    /// <param name="type">Our type, as Redis calls it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The type that it was of; null: it is of ours, or is not there.</returns>
    /// <exception cref="RedisUnavailableException">Redis is out of reach.</exception>
    public static async Task<string?> RemoveAsync(IRedis redis, RedisKey key, string type, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(redis);
        return (await redis.EvalAsync(s_remove, [key], [type], cancellationToken)).AsString();
    }
}
