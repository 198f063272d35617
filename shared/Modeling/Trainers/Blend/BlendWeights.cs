namespace Recommender.Modeling.Trainers.Blend;

/// <summary>Learns the weights of a blend by coordinate search on the metric itself.</summary>
/// <param name="Weights">One per part, from 0, 1 in all.</param>
/// <param name="Value">The metric with these weights.</param>
/// <param name="PartValues">The metric of each part alone.</param>
internal sealed record BlendWeights(double[] Weights, double Value, double[] PartValues)
{
    private const int Rounds = 4;
    private static readonly double[] Steps = [0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2.5, 4];

    /// <summary>
    /// Weights are found on each half of the viewers and judged on the other, so that every viewer counts once and none by weights that have seen it.
    /// Where that is better than the best part, the mean of both: what one half has by chance, the other mostly has not. Otherwise the best
    /// part alone.
    /// </summary>
    public static BlendWeights Learn(CandidateScores scores, int parts)
    {
        var partValues = Enumerable.Range(0, parts).Select(p => scores.Judge(Single(p, parts), null)).ToArray();
        var best = Array.IndexOf(partValues, partValues.Max());
        var single = new BlendWeights(Single(best, parts), partValues[best], partValues);
        if (parts < 2 || scores.ViewerCount < 4) return single;
        var (even, odd) = (Search(scores, parts, parity: 0), Search(scores, parts, parity: 1));
        var evens = (scores.ViewerCount + 1) / 2;
        var unseen = ((evens * scores.Judge(odd, 0)) + ((scores.ViewerCount - evens) * scores.Judge(even, 1))) / scores.ViewerCount;
        if (unseen <= single.Value) return single;
        var weights = Rounded([.. even.Zip(odd, (e, o) => (e + o) / 2)]);
        var value = scores.Judge(weights, null);
        return value > single.Value ? new BlendWeights(weights, value, partValues) : single;
    }

    private static double[] Search(CandidateScores scores, int parts, int parity)
    {
        var alone = Enumerable.Range(0, parts).Select(p => scores.Judge(Single(p, parts), parity)).ToArray();
        var weights = Single(Array.IndexOf(alone, alone.Max()), parts);
        var value = alone.Max();
        for (var round = 0; round < Rounds; round++)
        {
            var before = value;
            for (var p = 0; p < parts; p++)
            {
                foreach (var step in Steps)
                {
                    var changed = (double[])weights.Clone();
                    changed[p] = 0;
                    var others = changed.Sum();
                    if (others == 0) continue;
                    changed[p] = step * others;
                    changed = Array.ConvertAll(changed, w => w / (others + (step * others)));
                    var now = scores.Judge(changed, parity);
                    if (now > value) (weights, value) = (changed, now);
                }
            }

            if (value <= before) break;
        }

        return weights;
    }

    // Four digits, so that a report gives the very weights; a part below a fiftieth is not worth its scores.
    private static double[] Rounded(double[] weights)
    {
        weights = Array.ConvertAll(weights, w => w < 0.02 ? 0 : w);
        var sum = weights.Sum();
        return Array.ConvertAll(weights, w => Math.Round(w / sum, 4));
    }

    private static double[] Single(int part, int parts)
    {
        var weights = new double[parts];
        weights[part] = 1;
        return weights;
    }
}
