namespace Recommender.Modeling.Evaluation;

/// <summary>A mean with its bootstrap confidence interval.</summary>
/// <param name="Mean">Mean of the values.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct BootstrapInterval(double Mean, double Low, double High);
