namespace Recommender.Training.Rebuilding;

/// <summary>A model that can't be made again. The message is one sentence for the person who asked.</summary>
public sealed class RebuildException(string message, Exception? cause = null) : Exception(message, cause);
