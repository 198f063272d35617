namespace Recommender.Hosting.Errors;

/// <summary>Kafka, Redis or another dependency is out of reach. Its message is safe to show to callers.</summary>
/// <param name="message">One sentence without addresses or ids.</param>
/// <param name="retryDelay">When a retry may make sense.</param>
/// <param name="inner">The cause, for the log.</param>
public class DependencyUnavailableException(string message, TimeSpan retryDelay, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>When a retry may make sense.</summary>
    public TimeSpan RetryDelay { get; } = retryDelay;
}
