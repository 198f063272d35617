namespace Recommender.Hosting.Kafka;

/// <summary>Existing topics contradict each other in a way that only an operator can resolve.</summary>
/// <param name="message">One sentence for the operator.</param>
public sealed class TopicMismatchException(string message) : Exception(message);
