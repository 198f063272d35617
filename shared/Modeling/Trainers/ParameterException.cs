namespace Recommender.Modeling.Trainers;

/// <summary>A trainer or a parameter that does not exist or is out of range. The message is one sentence for the person who gave it.</summary>
public sealed class ParameterException(string message) : Exception(message);
