using System.Runtime.InteropServices;

namespace Recommender.Modeling.Ranking;

/// <summary>How well scores order impressions.</summary>
/// <param name="LikeAuc">Chance that a liked video has the greater score than one that was not, over all viewers; one half without both.</param>
/// <param name="ViewerAuc">The same within each viewer, averaged by impressions (GAUC; Zhu et al. 2017); one half where no viewer has both.</param>
/// <param name="Ndcg">Mean over viewers of nDCG within their answers, by what came of each video.</param>
/// <param name="NdcgByViewer">nDCG by viewer of those with an answer of which something came, in the order of their numbers.</param>
public sealed record ImpressionQuality(double LikeAuc, double ViewerAuc, double Ndcg, IReadOnlyList<double> NdcgByViewer)
{
    /// <summary>Measures the impressions from <paramref name="begin"/> on.</summary>
    /// <param name="data">All impressions.</param>
    /// <param name="begin">The first one measured; an answer begins with it.</param>
    /// <param name="scores">A score per impression measured.</param>
    /// <param name="weights">What outcomes are worth.</param>
    public static ImpressionQuality Of(RankerData data, int begin, ReadOnlySpan<double> scores, OutcomeWeights weights)
    {
        if (scores.Length != data.Count - begin) throw new ArgumentException("There must be a score per impression.", nameof(scores));
        var byViewer = new SortedDictionary<int, List<(double Score, bool IsLiked)>>();
        var all = new List<(double Score, bool IsLiked)>(scores.Length);
        for (var i = 0; i < scores.Length; i++)
        {
            var scored = (scores[i], data.OutcomesOf(begin + i)[(int)RankerOutcome.Like] > 0.5f);
            all.Add(scored);
            if (!byViewer.TryGetValue(data.Viewers[begin + i], out var own)) byViewer[data.Viewers[begin + i]] = own = [];
            own.Add(scored);
        }
        var (sum, weight) = (0.0, 0.0);
        foreach (var own in byViewer.Values)
            if (Auc(own) is { } auc) (sum, weight) = (sum + (auc * own.Count), weight + own.Count);
        var ndcg = NdcgOf(data, begin, scores, weights);
        return new ImpressionQuality(Auc(all) ?? 0.5, weight > 0 ? sum / weight : 0.5, ndcg.Count > 0 ? ndcg.Average() : 0, ndcg);
    }

    /// <summary>By ranks, where level scores share theirs (Mann and Whitney 1947); null when all have the same outcome.</summary>
    private static double? Auc(List<(double Score, bool IsLiked)> scored)
    {
        scored.Sort(static (a, b) => a.Score.CompareTo(b.Score));
        var (liked, ranks) = (0L, 0.0);
        for (var i = 0; i < scored.Count;)
        {
            var next = i;
            while (next < scored.Count && scored[next].Score.Equals(scored[i].Score)) next++;
            for (var j = i; j < next; j++)
                if (scored[j].IsLiked) (liked, ranks) = (liked + 1, ranks + ((i + next + 1) / 2.0));
            i = next;
        }
        var others = scored.Count - liked;
        return liked == 0 || others == 0 ? null : (ranks - (liked * (liked + 1) / 2.0)) / ((double)liked * others);
    }

    private static List<double> NdcgOf(RankerData data, int begin, ReadOnlySpan<double> scores, OutcomeWeights weights)
    {
        var byViewer = new SortedDictionary<int, (double Sum, int Answers)>();
        var answer = new List<(double Score, double Worth)>();
        for (var i = 0; i < scores.Length; i++)
        {
            answer.Add((scores[i], data.WorthOf(begin + i, weights)));
            if (i + 1 < scores.Length && data.Requests[begin + i + 1] == data.Requests[begin + i]) continue;
            var best = Gain(answer, static a => a.Worth);
            if (best > 0 && answer.Count > 1)
            {
                var (sum, answers) = byViewer.GetValueOrDefault(data.Viewers[begin + i]);
                byViewer[data.Viewers[begin + i]] = (sum + (Gain(answer, static a => a.Score) / best), answers + 1);
            }
            answer.Clear();
        }
        return [.. byViewer.Values.Select(v => v.Sum / v.Answers)];
    }

    /// <summary>Discounted gain in the order of a key. Level ones share their places' discounts, so that no order among them is better.</summary>
    private static double Gain(List<(double Score, double Worth)> answer, Func<(double Score, double Worth), double> key)
    {
        answer.Sort((a, b) => key(b).CompareTo(key(a)));
        var gain = 0.0;
        var span = CollectionsMarshal.AsSpan(answer);
        for (var i = 0; i < span.Length;)
        {
            var (next, discount, worth) = (i, 0.0, 0.0);
            for (; next < span.Length && key(span[next]).Equals(key(span[i])); next++)
                (discount, worth) = (discount + (1 / Math.Log2(next + 2)), worth + span[next].Worth);
            gain += discount * worth / (next - i);
            i = next;
        }
        return gain;
    }
}
