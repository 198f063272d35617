namespace Recommender.Modeling.Ranking;

/// <summary>A network with the biases of places that were learnt beside it, and how to judge both by impressions.</summary>
public sealed class FittedRanker
{
    private const int Outputs = OutcomeWeights.Count;
    private readonly float[] _placeBiases;

    internal FittedRanker(RankerNetwork network, float[] placeBiases) => (Network, _placeBiases) = (network, placeBiases);

    /// <summary>The network, which leaves places out.</summary>
    public RankerNetwork Network { get; }

    /// <summary>The log odds of the outcomes of an impression where it stood.</summary>
    public void LogOdds(RankerData data, int impression, Span<double> odds)
    {
        Span<float> expected = stackalloc float[Outputs];
        Network.Score(data.FeaturesOf(impression), expected);
        var place = Math.Min(data.Positions[impression], (_placeBiases.Length / Outputs) - 1) * Outputs;
        for (var o = 0; o < Outputs; o++)
        {
            var p = Math.Clamp((double)expected[o], 1e-7, 1 - 1e-7);
            odds[o] = Math.Log(p / (1 - p)) + _placeBiases[place + o];
        }
    }

    /// <summary>The mean logarithmic loss over impressions and outcomes, in nats; lower is better.</summary>
    public double Loss(RankerData data, int begin, int end)
    {
        Span<double> odds = stackalloc double[Outputs];
        var (sum, known) = (0.0, 0L);
        for (var i = begin; i < end; i++)
        {
            LogOdds(data, i, odds);
            var outcomes = data.OutcomesOf(i);
            for (var o = 0; o < Outputs; o++)
                if (!float.IsNaN(outcomes[o])) (sum, known) = (sum + OddsLine.LossOf(odds[o], outcomes[o]), known + 1);
        }
        return known > 0 ? sum / known : 0;
    }

    /// <summary>The same ranker with expectations that are right on average over impressions that it was not fitted to (Platt 1999).</summary>
    /// <param name="lines">A line per outcome, from log odds to log odds.</param>
    public FittedRanker Calibrated(IReadOnlyList<OddsLine> lines)
    {
        var n = Network;
        return new FittedRanker(
            new RankerNetwork
            {
                Means = n.Means,
                Scales = n.Scales,
                HiddenWeights = n.HiddenWeights,
                HiddenBiases = n.HiddenBiases,
                OutputWeights = Scaled(n.OutputWeights, lines),
                DirectWeights = Scaled(n.DirectWeights, lines),
                OutputBiases = [.. n.OutputBiases.Select((bias, o) => (float)((bias * lines[o].Slope) + lines[o].Intercept))],
            },
            Scaled(_placeBiases, lines));
    }

    private static float[] Scaled(float[] weights, IReadOnlyList<OddsLine> lines) => [.. weights.Select((weight, i) => (float)(weight * lines[i % Outputs].Slope))];
}
