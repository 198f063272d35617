using Recommender.Modeling.Evaluation;

namespace Recommender.Tests.Unit.Modeling.Evaluation;

public sealed class BootstrapTests
{
    private static readonly double[] Values = [.. Enumerable.Range(0, 400).Select(i => new Random(i).NextDouble())];

    [Fact]
    public void An_interval_is_as_wide_as_theory_says()
    {
        var interval = Bootstrap.OfMean(Values);
        var deviation = Math.Sqrt(Values.Average(v => v * v) - (Values.Average() * Values.Average()));
        Assert.Equal(Values.Average(), interval.Mean, 1e-12);
        Assert.Equal(interval.Mean - (1.96 * deviation / 20), interval.Low, 0.004);
        Assert.Equal(interval.Mean + (1.96 * deviation / 20), interval.High, 0.004);
        Assert.True(Bootstrap.OfMean(Values, level: 0.5).High < interval.High);
    }

    [Fact]
    public void The_seed_decides_the_resamples()
    {
        Assert.Equal(Bootstrap.OfMean(Values, seed: 3), Bootstrap.OfMean(Values, seed: 3));
        Assert.NotEqual(Bootstrap.OfMean(Values, seed: 3), Bootstrap.OfMean(Values, seed: 4));
    }

    [Fact]
    public void Viewers_stay_paired_in_a_difference()
    {
        // Every viewer gains exactly 0.01: far less than viewers differ, and yet certain.
        var better = Values.Select(v => v + 0.01).ToArray();
        var gain = Bootstrap.OfDifference(better, Values);
        Assert.Equal(0.01, gain.Low, 1e-9);
        Assert.Equal(0.01, gain.High, 1e-9);
    }

    [Fact]
    public void A_single_viewer_has_an_interval_of_no_width() => Assert.Equal(new BootstrapInterval(0.5, 0.5, 0.5), Bootstrap.OfMean([0.5]));

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Bootstrap.OfMean([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Bootstrap.OfMean([1], level: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Bootstrap.OfMean([1], resamples: 99));
        Assert.Throws<ArgumentException>(() => Bootstrap.OfDifference([1, 2], [1]));
    }
}
