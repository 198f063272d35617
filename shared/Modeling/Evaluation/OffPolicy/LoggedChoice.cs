namespace Recommender.Modeling.Evaluation.OffPolicy;

/// <summary>One choice that a policy made and logged.</summary>
/// <param name="Context">Number of the situation, from 0, e.g. the position.</param>
/// <param name="Action">Number of what was chosen, from 0.</param>
/// <param name="Reward">What came of it, e.g. 1 for a click.</param>
/// <param name="Propensity">Probability with which the logging policy chose it there, above 0 to 1.</param>
public readonly record struct LoggedChoice(int Context, int Action, double Reward, double Propensity);
