namespace Recommender.Modeling.Trainers;

/// <summary>Data that nothing can be learned from. The message is one sentence for the person who gave it.</summary>
public sealed class TrainingDataException(string message) : Exception(message);
