namespace Recommender.Hosting.Kafka;

/// <summary>The record itself is not acceptable, for instance because it is too large; sending it again can't help.</summary>
/// <param name="message">What is wrong with it.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class RecordRejectedException(string message, Exception? innerException = null) : Exception(message, innerException);
