namespace Recommender.Training.Assessing;

/// <summary>How watch ratio, like and share go together, over pairs of viewer and video.</summary>
internal static class Correlations
{
    // Ranks of more values than this say nothing more.
    private const int MaxRanked = 2_000_000;

    /// <summary>All three.</summary>
    public static IReadOnlyList<Correlation> Of(PairTable pairs) =>
    [
        Between("watch_ratio", pairs.WatchRatio, "like", pairs.Liked, pairs.IsWatched),
        Between("watch_ratio", pairs.WatchRatio, "share", pairs.Shared, pairs.IsWatched),
        Between("like", pairs.Liked, "share", pairs.Shared, null),
    ];

    private static Correlation Between(string first, List<float> a, string second, List<float> b, List<bool>? only)
    {
        var stride = Math.Max(1, (a.Count + MaxRanked - 1) / MaxRanked);
        var chosen = Enumerable.Range(0, a.Count).Where(i => i % stride == 0 && (only is null || only[i])).ToArray();
        var (x, y) = (Array.ConvertAll(chosen, i => (double)a[i]), Array.ConvertAll(chosen, i => (double)b[i]));
        if (x.Length < 3) return new Correlation(first, second, x.Length, null, null, "there are too few pairs");
        var pearson = Pearson(x, y);
        if (pearson is not null) return new Correlation(first, second, x.Length, pearson, Pearson(Ranks(x), Ranks(y)), "");
        var constant = x.All(v => v == x[0]) ? (first, x[0]) : (second, y[0]);
        return new Correlation(first, second, x.Length, null, null, FormattableString.Invariant($"{constant.Item1} is {constant.Item2:G3} for every pair"));
    }

    private static double? Pearson(double[] x, double[] y)
    {
        var (meanX, meanY) = (x.Average(), y.Average());
        var (xy, xx, yy) = (0.0, 0.0, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            var (dx, dy) = (x[i] - meanX, y[i] - meanY);
            (xy, xx, yy) = (xy + (dx * dy), xx + (dx * dx), yy + (dy * dy));
        }
        return xx > 0 && yy > 0 ? Math.Clamp(xy / Math.Sqrt(xx * yy), -1, 1) : null;
    }

    /// <summary>Ranks, equal values sharing the mean of theirs.</summary>
    private static double[] Ranks(double[] values)
    {
        var order = new int[values.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort((double[])values.Clone(), order);
        var ranks = new double[values.Length];
        for (var from = 0; from < order.Length;)
        {
            var to = from;
            while (to < order.Length && values[order[to]] == values[order[from]]) to++;
            for (var i = from; i < to; i++) ranks[order[i]] = (from + to - 1) / 2.0;
            from = to;
        }
        return ranks;
    }
}
