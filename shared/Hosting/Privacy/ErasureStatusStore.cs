using System.Globalization;
using Microsoft.Extensions.Logging;
using Recommender.Contracts.Json;
using Recommender.Hosting.Redis;
using StackExchange.Redis;
using IRedis = Recommender.Hosting.Redis.IRedis;

namespace Recommender.Hosting.Privacy;

/// <summary>
/// Keeps in Redis how far wishes to be forgotten have come, where every replica finds it: a hash <c>{e:&lt;erasure id&gt;}</c> of times. Neither key nor
/// value says who asked. Expires after <see cref="TimeToLive"/>. What somebody has put in its place begins anew with what is noted next: a wish is carried out
/// whether or not its status can be kept, and what was noted before is never made up.
/// </summary>
/// <param name="redis">The server.</param>
/// <param name="logger">Told of what begins anew.</param>
public sealed partial class ErasureStatusStore(IRedis redis, ILogger<ErasureStatusStore> logger)
{
    /// <summary>For how long after its last change a status can be asked for.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromDays(90);

    private static readonly long s_earliest = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long s_latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private const string Requested = "requested";
    private const string Names = "names";
    private const string Online = "online:";
    private const string Archive = "archive:";

    // At once, so that nobody is told in between that there is no such wish. Returns the type that was there when it was the wrong one.
    private static readonly RedisScript s_beginAnew = new(
        "erasure-begin-anew",
        """
        local found = redis.call('TYPE', KEYS[1]).ok
        if found == 'none' or found == 'hash' then return nil end
        redis.call('DEL', KEYS[1])
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4])
        return found
        """);

    /// <summary>The key of a wish.</summary>
    public static string KeyOf(string erasureId) => $"{{e:{erasureId}}}";

    /// <summary>Notes that a wish is durable.</summary>
    public Task AcceptedAsync(Erasure erasure, CancellationToken cancellationToken) => WriteAsync(erasure, null, default, cancellationToken);

    /// <summary>Notes that online state and precomputed list of one name are gone. The first time that is noted stays.</summary>
    public Task OnlineRemovedAsync(Erasure erasure, DateTimeOffset at, CancellationToken cancellationToken) => WriteAsync(erasure, Online, at, cancellationToken);

    /// <summary>Notes that the archive's rows of one name are gone. The first time that is noted stays.</summary>
    public Task ArchiveRemovedAsync(Erasure erasure, DateTimeOffset at, CancellationToken cancellationToken) => WriteAsync(erasure, Archive, at, cancellationToken);

    /// <summary>How far a wish has come; null when it is not known, or not any more.</summary>
    /// <exception cref="RedisUnavailableException">Redis is out of reach.</exception>
    /// <exception cref="InvalidDataException">What is kept there is no status.</exception>
    public async Task<ErasureStatus?> ReadAsync(string erasureId, CancellationToken cancellationToken)
    {
        var fields = (await ReadFieldsAsync(erasureId, cancellationToken)).ToDictionary(f => (string)f.Name!, f => (string)f.Value!);
        if (!fields.TryGetValue(Requested, out var requested) || !fields.TryGetValue(Names, out var names)) return null;
        return new ErasureStatus(
            Parse(requested), int.TryParse(names, CultureInfo.InvariantCulture, out var count) ? count : throw new InvalidDataException("the number of names is no number"),
            [.. fields.Where(f => f.Key.StartsWith(Online, StringComparison.Ordinal)).Select(f => Parse(f.Value))],
            [.. fields.Where(f => f.Key.StartsWith(Archive, StringComparison.Ordinal)).Select(f => Parse(f.Value))]);
    }

    private async Task<HashEntry[]> ReadFieldsAsync(string erasureId, CancellationToken cancellationToken)
    {
        try
        {
            return await redis.HashGetAllAsync(KeyOf(erasureId), cancellationToken);
        }
        catch (RedisUnavailableException e) when (e.IsWrongType)
        {
            throw new InvalidDataException("it is no hash", e);
        }
    }

    private async Task WriteAsync(Erasure erasure, string? part, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(erasure);
        try
        {
            await WriteFieldsAsync(erasure, part, at, cancellationToken);
        }
        catch (RedisUnavailableException e) when (e.IsWrongType)
        {
            RedisValue[] first = [Requested, Text(erasure.RequestedAt), Names, erasure.Names];
            if ((await redis.EvalAsync(s_beginAnew, [KeyOf(erasure.ErasureId)], first, cancellationToken)).AsString() is { } found) BegunAnew(erasure.ErasureId, found);
            await WriteFieldsAsync(erasure, part, at, cancellationToken);
        }
    }

    private async Task WriteFieldsAsync(Erasure erasure, string? part, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var key = KeyOf(erasure.ErasureId);
        var field = part is null ? null : string.Create(CultureInfo.InvariantCulture, $"{part}{erasure.Name}");
        if (field is not null && Array.Exists(await redis.HashGetAllAsync(key, cancellationToken), f => f.Name == field)) return;
        var fields = new List<HashEntry> { new(Requested, Text(erasure.RequestedAt)), new(Names, erasure.Names) };
        if (field is not null) fields.Add(new HashEntry(field, Text(at)));
        await redis.HashSetAsync(key, [.. fields], cancellationToken);
        await redis.ExpireAsync(key, TimeToLive, cancellationToken);
    }

    private static string Text(DateTimeOffset at) => at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset Parse(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var unixMs) && unixMs >= s_earliest && unixMs <= s_latest
            ? DateTimeOffset.FromUnixTimeMilliseconds(unixMs)
            : throw new InvalidDataException("a time is no time");

    [LoggerMessage(EventId = 1041, EventName = "ErasureStatusBegunAnew", Level = LogLevel.Error,
        Message = "The status of erasure {ErasureId} was a {Found} and no hash, and is begun anew; the wish itself is carried out as before")]
    private partial void BegunAnew(string erasureId, string found);
}
