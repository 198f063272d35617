using Recommender.Hosting.Errors;

namespace Recommender.Hosting.Kafka;

/// <summary>
/// Kafka did not take the record in time, or is known to be out of reach. The record may or may not be in the log; sending it again
/// with the same event id is safe.
/// </summary>
/// <param name="message">What happened, in one sentence without addresses or ids.</param>
/// <param name="retryDelay">How long the caller should wait before it tries again.</param>
/// <param name="inner">The cause, for the log.</param>
public sealed class KafkaUnavailableException(string message, TimeSpan retryDelay, Exception? inner = null)
    : DependencyUnavailableException(message, retryDelay, inner);
