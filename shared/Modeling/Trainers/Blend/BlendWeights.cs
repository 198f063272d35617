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
    /// The best weights found on half of the viewers if they beat the best part on the other half, learned anew on all; otherwise the best
    /// part alone.
    /// </summary>
    public static BlendWeights Learn(CandidateScores scores, int parts)
    {
        var partValues = Enumerable.Range(0, parts).Select(p => scores.Judge(Single(p, parts), null)).ToArray();
        var best = Array.IndexOf(partValues, partValues.Max());
        var single = new BlendWeights(Single(best, parts), partValues[best], partValues);
        if (parts < 2 || scores.ViewerCount < 4) return single;
        var trial = Search(scores, parts, parity: 0);
        if (scores.Judge(trial, 1) <= scores.Judge(Single(best, parts), 1)) return single;
        var weights = Search(scores, parts, parity: null);
        var value = scores.Judge(weights, null);
        return value > single.Value ? new BlendWeights(weights, value, partValues) : single;
    }

    private static double[] Search(CandidateScores scores, int parts, int? parity)
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

        // Four digits, so that a report gives the very weights; a part below a hundredth is not worth its scores.
        weights = Array.ConvertAll(weights, w => w < 0.01 ? 0 : w);
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
