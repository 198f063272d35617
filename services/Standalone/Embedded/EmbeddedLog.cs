namespace Recommender.Standalone.Embedded;

internal static partial class EmbeddedLog
{
    [LoggerMessage(5001, LogLevel.Warning, "redis-server {ProcessId} of an earlier run still works in the data directory; ending it")]
    public static partial void RedisLeftover(ILogger logger, int processId);

    [LoggerMessage(5002, LogLevel.Warning, "redis-server ended by itself (exit code {Code}); starting it again")]
    public static partial void RedisEnded(ILogger logger, int code);

    [LoggerMessage(5003, LogLevel.Information, "redis-server runs again")]
    public static partial void RedisStartedAgain(ILogger logger);

    [LoggerMessage(5004, LogLevel.Error, "redis-server could not be started again: {Reason}")]
    public static partial void RedisNotStartedAgain(ILogger logger, string reason);

    [LoggerMessage(5005, LogLevel.Warning, "setsid or setpriv (package util-linux) is missing: redis-server would survive if this process were killed")]
    public static partial void RedisMayOutlive(ILogger logger);
}
