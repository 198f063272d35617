using System.Globalization;
using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Ranking;
using Recommender.Training.Judging;

namespace Recommender.Training.Ranking;

/// <summary>
/// Compares the ranker with the plain blend on the newest impressions, of which it knows nothing. It is used only if it orders them better beyond
/// noise (the paired bootstrap interval over viewers of the gain in nDCG within answers lies above <see cref="RankerOptions.MinGain"/>), and its
/// expectations lose less (logarithmic loss) than those that the blend's score gives by itself.
/// </summary>
internal sealed class RankerJudge(RankerOptions options, GateOptions gate)
{
    /// <summary>Resampling fewer viewers gives intervals that mean nothing.</summary>
    private const int LeastViewers = 10;

    /// <summary>Judges a ranker by the impressions from <paramref name="begin"/> on.</summary>
    public RankerReport Judge(FittedRanker ranker, RankerData data, int begin)
    {
        var (learned, blend) = (new double[data.Count - begin], new double[data.Count - begin]);
        Span<float> expected = stackalloc float[OutcomeWeights.Count];
        for (var i = 0; i < learned.Length; i++)
        {
            var features = data.FeaturesOf(begin + i);
            ranker.Network.Score(features, expected);
            (learned[i], blend[i]) = (options.Weights.Of(expected[0], expected[1], expected[2]), features[(int)RankerFeature.BlendScore]);
        }
        var (ours, plain) = (ImpressionQuality.Of(data, begin, learned, options.Weights), ImpressionQuality.Of(data, begin, blend, options.Weights));
        var (loss, plainLoss) = (ranker.Loss(data, begin, data.Count), BlendLoss(data, begin));
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            ["impressions"] = data.Count,
            ["test_impressions"] = data.Count - begin,
            ["test_viewers"] = ours.NdcgByViewer.Count,
            ["log_loss"] = loss,
            ["blend_log_loss"] = plainLoss,
            ["like_auc"] = ours.LikeAuc,
            ["blend_like_auc"] = plain.LikeAuc,
            ["gauc"] = ours.ViewerAuc,
            ["blend_gauc"] = plain.ViewerAuc,
            ["ndcg"] = ours.Ndcg,
            ["blend_ndcg"] = plain.Ndcg,
        };
        if (ours.NdcgByViewer.Count < LeastViewers)
            return new RankerReport(false, Text($"too few viewers to judge by: {ours.NdcgByViewer.Count} of {LeastViewers}"), metrics);
        var gain = MetricIntervals.OfDifference([.. ours.NdcgByViewer], [.. plain.NdcgByViewer], gate);
        (metrics["ndcg_gain_low"], metrics["ndcg_gain_high"]) = (gain.Low, gain.High);
        var isBetter = gain.Low > options.MinGain && loss < plainLoss;
        return new RankerReport(isBetter, Words(isBetter, ours, plain, gain, loss, plainLoss, data.Count), metrics);
    }

    /// <summary>The loss of what the blend's score tells by itself, by a line per outcome that is fitted to the older impressions.</summary>
    private static double BlendLoss(RankerData data, int begin)
    {
        var (sum, known) = (0.0, 0L);
        for (var o = 0; o < OutcomeWeights.Count; o++)
        {
            var (scores, outcomes) = (new List<double>(), new List<double>());
            for (var i = 0; i < begin; i++)
            {
                if (float.IsNaN(data.OutcomesOf(i)[o])) continue;
                scores.Add(data.FeaturesOf(i)[(int)RankerFeature.BlendScore]);
                outcomes.Add(data.OutcomesOf(i)[o]);
            }
            var line = OddsLine.Fit([.. scores], [.. outcomes]);
            for (var i = begin; i < data.Count; i++)
            {
                if (float.IsNaN(data.OutcomesOf(i)[o])) continue;
                (sum, known) = (sum + OddsLine.LossOf(line.At(data.FeaturesOf(i)[(int)RankerFeature.BlendScore]), data.OutcomesOf(i)[o]), known + 1);
            }
        }
        return known > 0 ? sum / known : 0;
    }

    private string Words(bool isBetter, ImpressionQuality ours, ImpressionQuality plain, BootstrapInterval gain, double loss, double plainLoss, int impressions) =>
        Text($"{(isBetter ? "better" : "not better")} than the plain blend on the newest of {impressions} impressions: ")
        + Text($"ndcg {ours.Ndcg:F4} (blend {plain.Ndcg:F4}, gain {gate.Level:P0} interval {gain.Low:+0.0000;-0.0000;0.0000} to {gain.High:+0.0000;-0.0000;0.0000}), ")
        + Text($"log loss {loss:F4} (blend {plainLoss:F4})");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
