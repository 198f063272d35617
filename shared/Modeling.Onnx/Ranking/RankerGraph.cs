using System.Globalization;
using Recommender.Modeling.Onnx.Graphs;
using Recommender.Modeling.Ranking;
using static Recommender.Modeling.Onnx.Protos.TensorProto.Types;

namespace Recommender.Modeling.Onnx.Ranking;

/// <summary>
/// A ranker as an ONNX model. Input: <c>features</c> [n, features], float32, one row per (viewer, video). Output: <c>expected</c> [n, outcomes],
/// float32, 0 to 1. No row depends on another. What the columns are is in the metadata: <c>feature_version</c>, <c>features</c> and <c>outcomes</c>.
/// </summary>
public static class RankerGraph
{
    /// <summary>Name of the input.</summary>
    public const string Features = "features";

    /// <summary>Name of the output.</summary>
    public const string Expected = "expected";

    /// <summary>Metadata: the version of the features' meaning.</summary>
    public const string VersionKey = "feature_version";

    /// <summary>Metadata: names of the features, separated by commas.</summary>
    public const string FeaturesKey = "features";

    /// <summary>Metadata: names of the outcomes, separated by commas.</summary>
    public const string OutcomesKey = "outcomes";

    /// <summary>Names of the outcomes as the metadata carry them.</summary>
    public static string Outcomes { get; } = string.Join(',', Enum.GetNames<RankerOutcome>().Select(name => name.ToLowerInvariant()));

    /// <summary>Makes the model.</summary>
    public static byte[] Create(RankerNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var (features, hidden, outcomes) = (network.Means.Length, RankerNetwork.Hidden, OutcomeWeights.Count);
        var graph = new GraphBuilder("ranker");
        var input = graph.Input(Features, DataType.Float, "n", Text(features));
        var centred = graph.Add("Sub", input, graph.Constant<float>(network.Means, features));
        var scaled = graph.Add("Mul", centred, graph.Constant<float>(network.Scales, features));
        var limited = graph.Add("Clip", scaled, graph.Constant<float>([-RankerNetwork.Limit]), graph.Constant<float>([RankerNetwork.Limit]));
        var sums = graph.Add("MatMul", limited, graph.Constant<float>(network.HiddenWeights, features, hidden));
        var units = graph.Add("Relu", graph.Add("Add", sums, graph.Constant<float>(network.HiddenBiases, hidden)));
        var through = graph.Add("MatMul", units, graph.Constant<float>(network.OutputWeights, hidden, outcomes));
        var direct = graph.Add("MatMul", limited, graph.Constant<float>(network.DirectWeights, features, outcomes));
        var odds = graph.Add("Add", graph.Add("Add", through, direct), graph.Constant<float>(network.OutputBiases, outcomes));
        graph.Output(Expected, graph.Add("Sigmoid", odds), DataType.Float, "n", Text(outcomes));
        return graph.ToModel(
            new(VersionKey, Text(RankerFeatures.Version)), new(FeaturesKey, string.Join(',', RankerFeatures.Names)), new(OutcomesKey, Outcomes));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
