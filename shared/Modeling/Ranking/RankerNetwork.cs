namespace Recommender.Modeling.Ranking;

/// <summary>
/// The ranker: standardised features, one layer of rectified units beside a direct linear way, and a logistic output per outcome. The plain form of
/// what its ONNX graph computes. Immutable.
/// </summary>
public sealed class RankerNetwork
{
    /// <summary>Standardised features are cut off here: a value far from all that was learnt from says no more than a rare one.</summary>
    public const float Limit = 5;

    /// <summary>Units of the hidden layer.</summary>
    public const int Hidden = 16;

    /// <summary>Mean of each feature.</summary>
    public required float[] Means { get; init; }

    /// <summary>One by the standard deviation of each feature; 0 for one that never changes.</summary>
    public required float[] Scales { get; init; }

    /// <summary>features x hidden, row-major.</summary>
    public required float[] HiddenWeights { get; init; }

    /// <summary>Of the hidden units.</summary>
    public required float[] HiddenBiases { get; init; }

    /// <summary>hidden x outcomes, row-major.</summary>
    public required float[] OutputWeights { get; init; }

    /// <summary>features x outcomes, row-major: the direct way.</summary>
    public required float[] DirectWeights { get; init; }

    /// <summary>Of the outcomes.</summary>
    public required float[] OutputBiases { get; init; }

    /// <summary>What is expected of one (viewer, video).</summary>
    /// <param name="features">Its features.</param>
    /// <param name="expected">Receives an expectation per <see cref="RankerOutcome"/>, 0 to 1.</param>
    public void Score(ReadOnlySpan<float> features, Span<float> expected)
    {
        Span<float> hidden = stackalloc float[Hidden];
        HiddenBiases.CopyTo(hidden);
        OutputBiases.CopyTo(expected);
        for (var f = 0; f < Means.Length; f++)
        {
            var x = Math.Clamp((features[f] - Means[f]) * Scales[f], -Limit, Limit);
            for (var h = 0; h < Hidden; h++) hidden[h] += x * HiddenWeights[(f * Hidden) + h];
            for (var o = 0; o < OutcomeWeights.Count; o++) expected[o] += x * DirectWeights[(f * OutcomeWeights.Count) + o];
        }
        for (var h = 0; h < Hidden; h++)
        {
            if (hidden[h] <= 0) continue;
            for (var o = 0; o < OutcomeWeights.Count; o++) expected[o] += hidden[h] * OutputWeights[(h * OutcomeWeights.Count) + o];
        }
        for (var o = 0; o < OutcomeWeights.Count; o++) expected[o] = Logistic(expected[o]);
    }

    internal static float Logistic(float x) => 1 / (1 + MathF.Exp(-x));
}
