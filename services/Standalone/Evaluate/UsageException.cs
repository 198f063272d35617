namespace Recommender.Standalone.Evaluate;

/// <summary>A wrong command line. The message is one sentence.</summary>
internal sealed class UsageException(string message) : Exception(message);
