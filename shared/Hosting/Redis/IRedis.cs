using StackExchange.Redis;

namespace Recommender.Hosting.Redis;

/// <summary>
/// The commands that this product uses, all of a form that a cluster takes: one key each, or many keys as many commands sent together.
/// Every call ends within <see cref="RedisOptions.Timeout"/>. Keys convert from <see cref="string"/> and <c>byte[]</c>. A lost
/// connection is restored in the background. Safe for use by many threads.
/// </summary>
/// <remarks>
/// All methods throw <see cref="RedisUnavailableException"/> for whatever goes wrong, and <see cref="OperationCanceledException"/> when
/// cancelled; a command that timed out or was cancelled may still take effect.
/// </remarks>
public interface IRedis
{
    /// <summary>Whether there is a connection at this moment.</summary>
    bool IsConnected { get; }

    /// <summary>
    /// Whether keys are spread over the slots of a cluster, so that a command or a script may touch those of one slot only. False while there
    /// is no connection.
    /// </summary>
    bool IsSharded { get; }

    /// <summary>Asks the server for a sign of life.</summary>
    Task PingAsync(CancellationToken cancellationToken = default);

    /// <summary>The bytes of a string key, or <see langword="null"/> where there are none.</summary>
    Task<byte[]?> GetAsync(RedisKey key, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="GetAsync"/> for many keys at once; the result has their order. A key of another type has no bytes, as <c>MGET</c> has it.</summary>
    Task<byte[]?[]> GetManyAsync(IReadOnlyList<RedisKey> keys, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="GetManyAsync"/>, asking replicas where there are any: their answer may lag behind.</summary>
    Task<byte[]?[]> GetManyFromAnyAsync(IReadOnlyList<RedisKey> keys, CancellationToken cancellationToken = default);

    /// <summary>Sets a string key, with a time to live or for good.</summary>
    Task SetAsync(RedisKey key, ReadOnlyMemory<byte> value, TimeSpan? expiry = null, CancellationToken cancellationToken = default);

    /// <summary>Sets many string keys at once.</summary>
    Task SetManyAsync(IReadOnlyList<KeyValuePair<RedisKey, byte[]>> values, TimeSpan? expiry = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a key.</summary>
    /// <returns>Whether it was there.</returns>
    Task<bool> DeleteAsync(RedisKey key, CancellationToken cancellationToken = default);

    /// <summary>Sets the time to live of a key.</summary>
    /// <returns>Whether the key is there.</returns>
    Task<bool> ExpireAsync(RedisKey key, TimeSpan expiry, CancellationToken cancellationToken = default);

    /// <summary>All fields of a hash; empty where there is none.</summary>
    Task<HashEntry[]> HashGetAllAsync(RedisKey key, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="HashGetAllAsync"/> for many keys at once; the result has their order. A key of another type has no fields.</summary>
    Task<HashEntry[][]> HashGetAllManyAsync(IReadOnlyList<RedisKey> keys, CancellationToken cancellationToken = default);

    /// <summary>The same fields of many hashes at once: <c>result[i][j]</c> is field j of key i, or <see langword="null"/>.</summary>
    Task<byte[]?[][]> HashGetManyAsync(IReadOnlyList<RedisKey> keys, RedisValue[] fields, CancellationToken cancellationToken = default);

    /// <summary>Sets fields of a hash.</summary>
    Task HashSetAsync(RedisKey key, HashEntry[] fields, CancellationToken cancellationToken = default);

    /// <summary>Runs a script, atomically.</summary>
    Task<RedisReply> EvalAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken = default);

    /// <summary>Makes a script known to every primary server.</summary>
    Task LoadScriptAsync(RedisScript script, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs a script that <see cref="LoadScriptAsync"/> made known, once for each call, all sent together; the result has their order. The
    /// script's text is never sent again, so none of the calls reaches a server that was started after the script was loaded.
    /// </summary>
    /// <exception cref="RedisScriptMissingException">A server does not know the script; other calls may have taken effect.</exception>
    Task<RedisReply[]> EvalLoadedAsync(RedisScript script, IReadOnlyList<RedisCall> calls, CancellationToken cancellationToken = default);

    /// <summary>The members with the highest scores, highest first.</summary>
    /// <param name="key">A sorted set.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<SortedSetEntry[]> SortedSetTopAsync(RedisKey key, int count, CancellationToken cancellationToken = default);

    /// <summary>Sets the scores of members.</summary>
    Task SortedSetAddAsync(RedisKey key, SortedSetEntry[] entries, CancellationToken cancellationToken = default);

    /// <summary>Removes members.</summary>
    Task SortedSetRemoveAsync(RedisKey key, RedisValue[] members, CancellationToken cancellationToken = default);

    /// <summary>Removes all but the members with the highest scores.</summary>
    /// <param name="key">A sorted set.</param>
    /// <param name="keep">How many stay.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were removed.</returns>
    Task<long> SortedSetTrimAsync(RedisKey key, int keep, CancellationToken cancellationToken = default);

    /// <summary>The keys that match a glob pattern, of all primary servers; one may come twice. Walks through all keys: for tests and tools only.</summary>
    IAsyncEnumerable<byte[]> ScanKeysAsync(string pattern, CancellationToken cancellationToken = default);

    /// <summary>The id that a server gives itself anew at each start.</summary>
    Task<string> RunIdAsync(CancellationToken cancellationToken = default);
}
