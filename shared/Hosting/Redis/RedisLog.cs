using Microsoft.Extensions.Logging;

namespace Recommender.Hosting.Redis;

internal static partial class RedisLog
{
    [LoggerMessage(3101, LogLevel.Warning, "Redis is out of reach ({Reason}); reconnecting")]
    public static partial void Lost(ILogger logger, string reason);

    [LoggerMessage(3102, LogLevel.Information, "Redis is connected again")]
    public static partial void Restored(ILogger logger);

    [LoggerMessage(3103, LogLevel.Warning, "Redis can't be connected yet, trying again: {Reason}")]
    public static partial void NotConnected(ILogger logger, string reason);
}
