using Recommender.Modeling.Onnx.Ranking;
using Recommender.Modeling.Ranking;

namespace Recommender.Tests.Integration.Serving;

/// <summary>A ranker that every feature matters to.</summary>
internal static class TestRanker
{
    public static byte[] Graph()
    {
        var random = new Random(11);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
        return RankerGraph.Create(new RankerNetwork
        {
            Means = Numbers(RankerFeatures.Count),
            Scales = [.. Enumerable.Repeat(0.5f, RankerFeatures.Count)],
            HiddenWeights = Numbers(RankerFeatures.Count * RankerNetwork.Hidden),
            HiddenBiases = Numbers(RankerNetwork.Hidden),
            OutputWeights = Numbers(RankerNetwork.Hidden * OutcomeWeights.Count),
            DirectWeights = Numbers(RankerFeatures.Count * OutcomeWeights.Count),
            OutputBiases = [-2, -4, 0],
        });
    }
}
