namespace Recommender.Standalone.Evaluate.Data;

/// <summary>Files that cannot be evaluated. The message is one sentence.</summary>
internal sealed class DataException(string message) : Exception(message);
