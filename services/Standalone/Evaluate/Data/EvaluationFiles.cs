namespace Recommender.Standalone.Evaluate.Data;

/// <summary>The files of one evaluation.</summary>
/// <param name="Train">What is learned from.</param>
/// <param name="Valid">What parameters are chosen on, if given.</param>
/// <param name="Test">What is to be predicted, if given.</param>
internal sealed record EvaluationFiles(string Train, string? Valid, string? Test);
