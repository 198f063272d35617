using Recommender.Hosting.Redis;

namespace Recommender.Features.Online;

/// <summary>
/// Removes what somebody has written under keys of the online state as another type. What we kept there is lost with that, and Redis refuses every command
/// that is for it, so that its partition would wait for ever.
/// </summary>
/// <param name="redis">Where the keys are.</param>
/// <param name="metrics">Counts what is removed.</param>
/// <param name="logger">Tells of it.</param>
internal sealed class WrongTypes(IRedis redis, FeatureMetrics metrics, ILogger<WrongTypes> logger)
{
    /// <summary>Runs commands on keys; where one of these is of another type it is removed, and they run once more.</summary>
    public async Task<TResult> RunAsync<TResult>(KeyKind kind, IEnumerable<string> ids, Func<Task<TResult>> commands, CancellationToken cancellationToken)
    {
        try
        {
            return await commands();
        }
        catch (RedisUnavailableException e) when (e.IsWrongType)
        {
            await RemoveAsync(kind, [.. ids.Distinct(StringComparer.Ordinal)], cancellationToken);
            return await commands();
        }
    }

    private async Task RemoveAsync(KeyKind kind, string[] ids, CancellationToken cancellationToken)
    {
        var replies = await Task.WhenAll(ids.Select(id => WrongTypeKeys.RemoveAsync(redis, kind.Key(id), kind.Type, cancellationToken)));
        var (removed, first) = (0, -1);
        for (var i = 0; i < ids.Length; i++)
        {
            if (replies[i] is not { } found) continue;
            if (removed++ == 0) first = i;
            var key = kind.Key(ids[i]);
            WrongTypesLog.RemovedKey(logger, key, found, kind.Type);
        }
        if (removed == 0) return;
        metrics.BegunAnew(kind.Name, removed);
        var named = kind.Describe(ids[first]);
        WrongTypesLog.Removed(logger, removed, kind.Name, named, replies[first]!, kind.Type);
    }
}

internal static partial class WrongTypesLog
{
    [LoggerMessage(EventId = 4041, EventName = "WrongType", Level = LogLevel.Error,
        Message = "{Count} values of kind {Kind} were of another type and are begun anew, the first that of {First}: it is a {Found}, and no {Type}. What was kept there is lost")]
    public static partial void Removed(ILogger logger, int count, string kind, string first, string found, string type);

    [LoggerMessage(EventId = 4042, EventName = "WrongTypeKey", Level = LogLevel.Debug, Message = "{Key} was a {Found} and no {Type}, and is removed")]
    public static partial void RemovedKey(ILogger logger, string key, string found, string type);
}
