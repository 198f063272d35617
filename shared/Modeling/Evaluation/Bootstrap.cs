using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Evaluation;

/// <summary>Percentile bootstrap intervals of a mean over viewers (Efron 1979). The same seed gives the same interval.</summary>
public static class Bootstrap
{
    /// <summary>Interval of the mean of <paramref name="values"/>.</summary>
    /// <param name="values">One value per viewer, at least one.</param>
    /// <param name="level">Share of resampled means within the interval, above 0 and below 1.</param>
    /// <param name="resamples">Number of resamples, from 100.</param>
    /// <param name="seed">Seed of the resampling.</param>
    public static BootstrapInterval OfMean(ReadOnlySpan<double> values, double level = 0.95, int resamples = 1000, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Length, nameof(values));
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 100);
        if (!(level > 0 && level < 1)) throw new ArgumentOutOfRangeException(nameof(level), level, "The level must be between 0 and 1.");
        var means = new double[resamples];
        for (var resample = 0; resample < resamples; resample++)
        {
            var random = new Randomness((ulong)seed, (ulong)resample);
            var sum = 0.0;
            for (var i = 0; i < values.Length; i++) sum += values[random.Below(values.Length)];
            means[resample] = sum / values.Length;
        }

        Array.Sort(means);
        var outside = (1 - level) / 2;
        var total = 0.0;
        foreach (var value in values) total += value;
        return new BootstrapInterval(total / values.Length, Quantile(means, outside), Quantile(means, 1 - outside));
    }

    /// <summary>
    /// Interval of the mean of <paramref name="values"/> - <paramref name="baseline"/>, resampling viewers with both of their values
    /// (paired): an interval above zero means better beyond noise.
    /// </summary>
    /// <inheritdoc cref="OfMean"/>
    public static BootstrapInterval OfDifference(
        ReadOnlySpan<double> values, ReadOnlySpan<double> baseline, double level = 0.95, int resamples = 1000, int seed = 1)
    {
        if (values.Length != baseline.Length) throw new ArgumentException($"There are {values.Length} values but {baseline.Length} of the baseline.", nameof(baseline));
        var differences = new double[values.Length];
        for (var i = 0; i < differences.Length; i++) differences[i] = values[i] - baseline[i];
        return OfMean(differences, level, resamples, seed);
    }

    private static double Quantile(double[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var below = (int)at;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((at - below) * (sorted[above] - sorted[below]));
    }
}
