using Recommender.Modeling.Onnx.Ranking;
using Recommender.Modeling.Ranking;
using Recommender.Tests.Unit.Modeling.Ranking;

namespace Recommender.Tests.Unit.Modeling.Onnx;

public class RankerSessionTests
{
    private static readonly RankerNetwork s_network = RankerRecipe.Fit(RankerAudience.Create(300), 3000, 1, TestContext.Current.CancellationToken).Ranker.Network;

    private static float[] Features(int rows, int seed)
    {
        var random = new Random(seed);
        var features = new float[RankerSession.RowsOf(rows) * RankerFeatures.Count];
        for (var i = 0; i < features.Length; i++) features[i] = (float)((8 * random.NextDouble()) - 4);
        return features;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(177)]
    public void ONNX_Runtime_expects_what_the_plain_network_does(int rows)
    {
        using var session = RankerSession.Load(RankerGraph.Create(s_network));
        var (features, expected) = (Features(rows, rows), new float[RankerSession.RowsOf(rows) * OutcomeWeights.Count]);
        session.Score(features, rows, expected);
        Span<float> plain = stackalloc float[OutcomeWeights.Count];
        for (var row = 0; row < rows; row++)
        {
            s_network.Score(features.AsSpan(row * RankerFeatures.Count, RankerFeatures.Count), plain);
            for (var o = 0; o < plain.Length; o++) Assert.Equal(plain[o], expected[(row * OutcomeWeights.Count) + o], 1e-5f);
        }
    }

    [Fact]
    public void What_is_expected_of_a_row_does_not_depend_on_the_others_to_the_last_bit()
    {
        using var session = RankerSession.Load(RankerGraph.Create(s_network));
        var all = Features(200, 7);
        var together = new float[RankerSession.RowsOf(200) * OutcomeWeights.Count];
        session.Score(all, 200, together);
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            int[] chosen = [.. Enumerable.Range(0, 200).OrderBy(_ => random.Next()).Take(random.Next(1, 60))];
            var (features, expected) = (Features(chosen.Length, seed), new float[RankerSession.RowsOf(chosen.Length) * OutcomeWeights.Count]);
            for (var i = 0; i < chosen.Length; i++)
                all.AsSpan(chosen[i] * RankerFeatures.Count, RankerFeatures.Count).CopyTo(features.AsSpan(i * RankerFeatures.Count));
            session.Score(features, chosen.Length, expected);
            for (var i = 0; i < chosen.Length * OutcomeWeights.Count; i++)
                Assert.Equal(together[(chosen[i / OutcomeWeights.Count] * OutcomeWeights.Count) + (i % OutcomeWeights.Count)], expected[i]);
        }
    }

    [Fact]
    public void What_is_no_ranker_of_these_features_is_refused_with_a_sentence()
    {
        var whole = RankerGraph.Create(s_network);
        var cut = Assert.Throws<InvalidDataException>(() => RankerSession.Load(whole[..(whole.Length / 2)]));
        Assert.StartsWith("the ranker can't be used", cut.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => RankerSession.Load([]));
        // The names are the same length, so that the file stays a graph.
        var other = whole.AsSpan().ToArray();
        other.AsSpan(other.AsSpan().LastIndexOf("blend_score"u8), 5).Fill((byte)'x');
        Assert.Contains("features", Assert.Throws<InvalidDataException>(() => RankerSession.Load(other)).Message, StringComparison.Ordinal);
        var broken = new RankerNetwork
        {
            Means = s_network.Means,
            Scales = s_network.Scales,
            HiddenWeights = s_network.HiddenWeights,
            HiddenBiases = s_network.HiddenBiases,
            OutputWeights = s_network.OutputWeights,
            DirectWeights = s_network.DirectWeights,
            OutputBiases = [float.NaN, 0, 0],
        };
        Assert.Contains("between 0 and 1", Assert.Throws<InvalidDataException>(() => RankerSession.Load(RankerGraph.Create(broken))).Message, StringComparison.Ordinal);
    }
}
