namespace Recommender.Standalone.Embedded;

/// <summary>An embedded server could not start. The message is one or two sentences for the operator, with what to do.</summary>
/// <param name="message">The sentences.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class EmbeddedStartException(string message, Exception? innerException = null) : Exception(message, innerException);
