namespace Recommender.Modeling.Ranking;

/// <summary>
/// From impressions to a ranker: learnt on the older ones, as long as a newer tenth of these improves, calibrated on that tenth, judged on the
/// newest ones, then learnt again on all.
/// </summary>
public static class RankerRecipe
{
    private const int MostPasses = 20;

    /// <summary>Passes without an improvement after which it ends.</summary>
    private const int Patience = 3;

    private const double ValidationShare = 0.1;

    /// <summary>Fewer outcomes of a kind say too little to calibrate by.</summary>
    private const int LeastOutcomes = 10;

    /// <summary>Learns on the impressions before <paramref name="end"/> and stops in time.</summary>
    /// <returns>The ranker, the passes that it took, and how it was calibrated.</returns>
    public static (FittedRanker Ranker, int Passes, OddsLine[] Lines) Fit(RankerData data, int end, int seed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(data);
        var cut = data.CutAt((1 - ValidationShare) * end / data.Count);
        // Too few to keep some back.
        if (cut <= 0 || cut >= end) return (Passed(data, end, MostPasses / 4, seed, cancellationToken), MostPasses / 4, [.. NoLines()]);
        var trainer = new RankerTrainer(data, 0, cut, seed);
        var (best, passes, least) = (trainer.Fitted(), 0, double.PositiveInfinity);
        for (var pass = 1; pass <= MostPasses && pass - passes <= Patience; pass++)
        {
            trainer.Pass(cancellationToken);
            var fitted = trainer.Fitted();
            var loss = fitted.Loss(data, cut, end);
            if (loss < least) (best, passes, least) = (fitted, pass, loss);
        }
        var lines = Calibrate(best, data, cut, end);
        return (best.Calibrated(lines), passes, lines);
    }

    /// <summary>Learns on all impressions, with what an earlier fit found.</summary>
    public static FittedRanker Refit(RankerData data, int passes, IReadOnlyList<OddsLine> lines, int seed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(data);
        return Passed(data, data.Count, passes, seed, cancellationToken).Calibrated(lines);
    }

    private static FittedRanker Passed(RankerData data, int end, int passes, int seed, CancellationToken cancellationToken)
    {
        var trainer = new RankerTrainer(data, 0, end, seed);
        for (var pass = 0; pass < passes; pass++) trainer.Pass(cancellationToken);
        return trainer.Fitted();
    }

    private static OddsLine[] Calibrate(FittedRanker ranker, RankerData data, int begin, int end)
    {
        var lines = NoLines().ToArray();
        var (odds, outcomes) = (new List<double>(), new List<double>());
        Span<double> all = stackalloc double[OutcomeWeights.Count];
        for (var o = 0; o < lines.Length; o++)
        {
            odds.Clear();
            outcomes.Clear();
            for (var i = begin; i < end; i++)
            {
                if (float.IsNaN(data.OutcomesOf(i)[o])) continue;
                ranker.LogOdds(data, i, all);
                odds.Add(all[o]);
                outcomes.Add(data.OutcomesOf(i)[o]);
            }
            if (outcomes.Count(y => y > 0.5) < LeastOutcomes) continue;
            lines[o] = OddsLine.Fit([.. odds], [.. outcomes], toward: 1);
            // What is expected to be liked more must not be shown less.
            if (!(lines[o].Slope > 0)) lines[o] = OddsLine.Identity;
        }
        return lines;
    }

    private static IEnumerable<OddsLine> NoLines() => Enumerable.Repeat(OddsLine.Identity, OutcomeWeights.Count);
}
