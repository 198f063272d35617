using Recommender.Modeling.Trainers;

namespace Recommender.Modeling.FoldIn;

/// <summary>
/// What a viewer's half-step needs besides the item factors: the part of the trainer's parameters that defines the equations
/// (A = unobserved_weight * G + sum c v v' + ridge * I) x = sum c v.
/// </summary>
public sealed record FoldInSettings
{
    /// <summary>Weight of every (viewer, video) pair, observed or not (alpha0 in Rendle et al. 2021). From 0.</summary>
    public double UnobservedWeight { get; init; } = 0.01;

    /// <summary>Strength of the regularisation (lambda). Above 0.</summary>
    public double Regularization { get; init; } = 0.003;

    /// <summary>Exponent nu of the frequency scaling: ridge = lambda * (interactions + alpha0 * videos)^nu. 0 to 2.</summary>
    public double RegularizationExponent { get; init; } = 1.0;

    /// <summary>Factor of an interaction's confidence. Above 0.</summary>
    public double Alpha { get; init; } = 1.0;

    /// <summary>How a value becomes a confidence.</summary>
    public ConfidenceScale Confidence { get; init; } = ConfidenceScale.Linear;

    /// <summary>The ridge of a row: lambda * (<paramref name="interactions"/> + alpha0 * <paramref name="others"/>)^nu (Rendle et al. 2021).</summary>
    internal float Ridge(int interactions, int others) =>
        (float)Math.Max(Regularization * Math.Pow(interactions + (UnobservedWeight * others), RegularizationExponent), 1e-30);

    internal float ConfidenceOf(float value) =>
        (float)Math.Min(Alpha * (Confidence == ConfidenceScale.Log ? Math.Log(1.0 + value) : value), 1e18);
}
