using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Evaluation;

/// <summary>
/// Bootstrap-t intervals of a mean (Efron 1981): resampled errors are measured in their own standard errors, so that the interval is lopsided
/// where the values are skewed. A resample of equal values, as one without any of a few rewards, says nothing of its own error; it is taken to have half of the
/// farthest value in it. The same seed gives the same interval.
/// </summary>
public static class StudentizedBootstrap
{
    /// <summary>Share of the values' own variance below which a resample's is rounding.</summary>
    private const double Rounding = 1e-12;

    /// <summary>Interval of the mean of <paramref name="values"/>.</summary>
    /// <param name="values">At least two.</param>
    /// <param name="level">Confidence, above 0 and below 1.</param>
    /// <param name="resamples">Number of resamples, from 100.</param>
    /// <param name="seed">Seed of the resampling.</param>
    public static BootstrapInterval OfMean(ReadOnlySpan<double> values, double level = 0.95, int resamples = 1000, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, 2, nameof(values));
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 100);
        if (!(level > 0 && level < 1)) throw new ArgumentOutOfRangeException(nameof(level), level, "The level must be between 0 and 1.");
        var (sum, squares, farthest) = (0.0, 0.0, 0.0);
        foreach (var value in values) sum += value;
        var mean = sum / values.Length;
        foreach (var value in values)
        {
            squares += (value - mean) * (value - mean);
            farthest = Math.Max(farthest, Math.Abs(value - mean));
        }
        var error = Math.Sqrt(squares / (values.Length - 1) / values.Length);
        if (error == 0) return new BootstrapInterval(mean, mean, mean);
        var errors = new List<double>(resamples);
        for (var resample = 0; resample < resamples; resample++)
        {
            var random = new Randomness((ulong)seed, (ulong)resample);
            var (drawn, drawnSquares) = (0.0, 0.0);
            for (var i = 0; i < values.Length; i++)
            {
                // Relative to the mean, so that the squares lose no digits.
                var value = values[random.Below(values.Length)] - mean;
                drawn += value;
                drawnSquares += value * value;
            }
            var variance = (drawnSquares - (drawn * drawn / values.Length)) / (values.Length - 1);
            if (variance <= Rounding * squares / (values.Length - 1)) variance = farthest * farthest / 2 / values.Length;
            errors.Add(drawn / values.Length / Math.Sqrt(variance / values.Length));
        }
        errors.Sort();
        var outside = (1 - level) / 2;
        return new BootstrapInterval(mean, mean - (error * Quantile(errors, 1 - outside)), mean - (error * Quantile(errors, outside)));
    }

    private static double Quantile(List<double> sorted, double share)
    {
        var at = share * (sorted.Count - 1);
        var below = (int)at;
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((at - below) * (sorted[above] - sorted[below]));
    }
}
