using StackExchange.Redis;

namespace Recommender.Hosting.Redis;

/// <summary>Sorts errors into "later" and "never".</summary>
internal static class RedisErrors
{
    /// <summary>What a healthy client hears from a server in a passing state.</summary>
    private static readonly string[] PassingStates =
        ["LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK", "OOM", "BUSY", "MISCONF", "NOREPLICAS", "NOAUTH", "UNKILLABLE"];

    /// <summary>Whether a key holds another type than the command is for. A script's error says so in its middle.</summary>
    public static bool IsWrongType(Exception? error) => error is RedisServerException && error.Message.Contains("WRONGTYPE", StringComparison.Ordinal);

    /// <summary>Whether the same command may succeed later.</summary>
    public static bool IsTransient(Exception error) =>
        error is not RedisServerException || PassingStates.Any(s => error.Message.StartsWith(s, StringComparison.Ordinal));
}
