using Recommender.Modeling.Trainers;

namespace Recommender.Modeling.FoldIn;

/// <summary>
/// What a viewer's half-step needs besides the item factors: the part of the trainer's parameters that defines the equations
/// (unobserved_weight * G + sum c v v' + ridge * I) x = sum c v, where G is the gram matrix of the item factors.
/// </summary>
public sealed record FoldInSettings
{
    /// <summary>Weight of every (viewer, video) pair, observed or not (alpha0 in Rendle et al. 2021). From 0.</summary>
    public double UnobservedWeight { get; init; } = 0.01;

    /// <summary>Strength of the regularisation (lambda). Above 0.</summary>
    public double Regularization { get; init; } = 0.005;

    /// <summary>Exponent nu of the frequency scaling: ridge = lambda * (interactions + alpha0 * videos)^nu. 0 to 2.</summary>
    public double RegularizationExponent { get; init; } = 1.0;

    /// <summary>Factor of an interaction's confidence. Above 0.</summary>
    public double Alpha { get; init; } = 1.0;

    /// <summary>How a value becomes a confidence.</summary>
    public ConfidenceScale Confidence { get; init; } = ConfidenceScale.Linear;

    /// <summary>
    /// The ridge of a row: lambda * (interactions + alpha0 * share * others)^nu (Rendle et al. 2021), where share is the row's own weight of
    /// the unobserved pairs, 1 on average.
    /// </summary>
    internal float Ridge(int interactions, float share, int others) =>
        (float)Math.Max(Regularization * Math.Pow(interactions + (UnobservedWeight * share * others), RegularizationExponent), 1e-30);

    internal float ConfidenceOf(float value) =>
        (float)Math.Min(Alpha * (Confidence == ConfidenceScale.Log ? Math.Log(1.0 + value) : value), 1e18);

    internal void ConfidencesOf(ReadOnlySpan<float> values, Span<float> confidences)
    {
        for (var i = 0; i < values.Length; i++) confidences[i] = i > 0 && values[i] == values[i - 1] ? confidences[i - 1] : ConfidenceOf(values[i]);
    }
}
