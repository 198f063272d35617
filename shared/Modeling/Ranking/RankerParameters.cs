using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Ranking;

/// <summary>
/// The numbers of a <see cref="RankerNetwork"/> while they are learnt, in one row, with a bias per outcome and place in the answer: how much less is
/// liked further down whatever it is. The first place has none, so that a score without it is that of a video shown first.
/// </summary>
internal sealed class RankerParameters
{
    /// <summary>Places with a bias of their own; those behind share the last one.</summary>
    public const int Places = 32;

    /// <summary>Impressions that stand for knowing nothing of a place.</summary>
    private const double PriorImpressions = 50;

    private const int Outputs = OutcomeWeights.Count;
    private static readonly int s_features = RankerFeatures.Count;

    /// <summary>All numbers.</summary>
    public float[] Values { get; } =
        new float[(s_features * (RankerNetwork.Hidden + Outputs)) + RankerNetwork.Hidden + (RankerNetwork.Hidden * Outputs) + Outputs + (Places * Outputs)];

    /// <summary>features x hidden.</summary>
    public Span<float> HiddenWeights => Values.AsSpan(0, s_features * RankerNetwork.Hidden);

    /// <summary>Of hidden units.</summary>
    public Span<float> HiddenBiases => Values.AsSpan(HiddenWeights.Length, RankerNetwork.Hidden);

    /// <summary>hidden x outcomes.</summary>
    public Span<float> OutputWeights => Values.AsSpan(HiddenWeights.Length + RankerNetwork.Hidden, RankerNetwork.Hidden * Outputs);

    /// <summary>features x outcomes.</summary>
    public Span<float> DirectWeights => Values.AsSpan(HiddenWeights.Length + RankerNetwork.Hidden + OutputWeights.Length, s_features * Outputs);

    /// <summary>Of outcomes.</summary>
    public Span<float> OutputBiases => Values.AsSpan(Values.Length - (Places * Outputs) - Outputs, Outputs);

    /// <summary>places x outcomes.</summary>
    public Span<float> PlaceBiases => Values.AsSpan(Values.Length - (Places * Outputs));

    /// <summary>Numbers that are drawn towards zero, from the first on: the weights, and not the biases at the end.</summary>
    public int Decaying => Values.Length - (Places * Outputs) - Outputs;

    /// <summary>Number of the place that a position has its bias from.</summary>
    public static int PlaceOf(int position) => Math.Min(position, Places - 1);

    /// <summary>The biases of a position.</summary>
    public Span<float> PlaceBiasesOf(int position) => PlaceBiases.Slice(PlaceOf(position) * Outputs, Outputs);

    /// <summary>Small random weights of the hidden layer, and outputs that begin at what was seen at each place.</summary>
    /// <param name="sums">Sum of the known outcomes, places x outcomes; see <see cref="PlaceOf"/>.</param>
    /// <param name="known">How many are known, beside them.</param>
    /// <param name="seed">Of the weights.</param>
    public static RankerParameters Begin(ReadOnlySpan<double> sums, ReadOnlySpan<double> known, int seed)
    {
        var parameters = new RankerParameters();
        var random = new Randomness((ulong)seed, 0);
        var scale = 1 / Math.Sqrt(s_features);
        foreach (ref var weight in parameters.HiddenWeights) weight = (float)(scale * random.NextNormal());
        foreach (ref var weight in parameters.OutputWeights) weight = (float)(0.1 * random.NextNormal());
        for (var o = 0; o < Outputs; o++)
        {
            var (all, count) = (0.0, 0.0);
            for (var place = 0; place < Places; place++) (all, count) = (all + sums[(place * Outputs) + o], count + known[(place * Outputs) + o]);
            var mean = count > 0 ? all / count : 0.5;
            // Few impressions at a place say that it is as the others.
            double OddsAt(double sum, double number)
            {
                var p = Math.Clamp((sum + (PriorImpressions * mean)) / (number + PriorImpressions), 1e-4, 1 - 1e-4);
                return Math.Log(p / (1 - p));
            }

            var first = OddsAt(sums[o], known[o]);
            parameters.OutputBiases[o] = (float)first;
            for (var place = 1; place < Places; place++)
                parameters.PlaceBiases[(place * Outputs) + o] = (float)(OddsAt(sums[(place * Outputs) + o], known[(place * Outputs) + o]) - first);
        }
        return parameters;
    }

    /// <summary>The network as it stands.</summary>
    public RankerNetwork ToNetwork(float[] means, float[] scales) => new()
    {
        Means = means,
        Scales = scales,
        HiddenWeights = HiddenWeights.ToArray(),
        HiddenBiases = HiddenBiases.ToArray(),
        OutputWeights = OutputWeights.ToArray(),
        DirectWeights = DirectWeights.ToArray(),
        OutputBiases = OutputBiases.ToArray(),
    };
}
