using Recommender.Hosting.Errors;

namespace Recommender.Hosting.Redis;

/// <summary>A command did not succeed: no connection, no answer in time, or an error from the server.</summary>
/// <param name="operation">The command's name, without keys.</param>
/// <param name="isTransient">Whether the same command may succeed later; false for what the server calls wrong, a script's fault for instance.</param>
/// <param name="retryDelay">How long the caller should wait before it tries again.</param>
/// <param name="inner">The cause, for the log.</param>
public sealed class RedisUnavailableException(string operation, bool isTransient, TimeSpan retryDelay, Exception? inner)
    : DependencyUnavailableException(isTransient ? $"Redis did not answer {operation}" : $"Redis refused {operation}", retryDelay, inner)
{
    /// <summary>The command's name.</summary>
    public string Operation { get; } = operation;

    /// <summary>Whether a key holds another type than the command is for; it does until somebody removes it.</summary>
    public bool IsWrongType => RedisErrors.IsWrongType(InnerException);

    /// <summary>Whether the same command may succeed later.</summary>
    public bool IsTransient { get; } = isTransient;
}
