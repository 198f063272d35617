using Recommender.Modeling.Evaluation;

namespace Recommender.Training.Judging;

/// <summary>Bootstrap intervals of a trial's metrics.</summary>
internal static class MetricIntervals
{
    // Resampling a hundred million values is a matter of seconds; with more viewers the intervals are so narrow that fewer resamples do.
    private const long MaxDraws = 10_000_000;
    private const int FewestResamples = 100;

    /// <summary>Intervals of every metric that is a mean over viewers.</summary>
    public static SortedDictionary<string, BootstrapInterval> Of(EvaluationResult result, GateOptions options)
    {
        var intervals = new SortedDictionary<string, BootstrapInterval>(StringComparer.Ordinal);
        foreach (var name in result.Metrics.Keys.Where(n => !n.StartsWith("coverage@", StringComparison.Ordinal)))
            intervals[name] = Bootstrap.OfMean(result.PerViewer(name), options.Level, Resamples(result.Viewers.Count, options));
        return intervals;
    }

    /// <summary>Interval of the mean difference of a metric, viewer by viewer.</summary>
    public static BootstrapInterval OfDifference(ReadOnlySpan<double> values, ReadOnlySpan<double> baseline, GateOptions options) =>
        Bootstrap.OfDifference(values, baseline, options.Level, Resamples(values.Length, options));

    private static int Resamples(int viewers, GateOptions options) =>
        (int)Math.Clamp(MaxDraws / Math.Max(viewers, 1), FewestResamples, options.Resamples);
}
