using Recommender.Modeling.Evaluation.Experiments;

namespace Recommender.Tests.Unit.Modeling.Evaluation;

public class ExperimentRateTests
{
    [Theory]
    [InlineData(50, 50)]
    [InlineData(90, 110)]
    [InlineData(480, 520, 600, 560)]
    public void The_probability_of_a_ratio_is_that_of_the_chi_squared_distribution(params int[] viewers)
    {
        var expected = viewers.Average();
        var distance = viewers.Sum(c => (c - expected) * (c - expected) / expected);
        Assert.Equal(Simulated(distance, viewers.Length - 1), SampleRatio.ProbabilityOf([.. viewers.Select(v => (long)v)], [.. viewers.Select(_ => 1.0)]), 0.01);
    }

    [Theory]
    [InlineData(1, 3.841459, 0.05)]
    [InlineData(1, 10.827566, 0.001)]
    [InlineData(2, 5.991465, 0.05)]
    [InlineData(3, 7.814728, 0.05)]
    [InlineData(4, 0.710723, 0.95)]
    public void Published_quantiles_are_met(int degrees, double quantile, double probability)
    {
        // One arm is off by what makes the statistic the quantile: d^2 / e * (1 + 1 / degrees) with the others sharing the rest.
        const double Expected = 1e9;
        var off = Math.Sqrt(quantile * Expected * degrees / (degrees + 1));
        var viewers = Enumerable.Range(0, degrees + 1).Select(i => (long)Math.Round(i == 0 ? Expected + off : Expected - (off / degrees))).ToArray();
        Assert.Equal(probability, SampleRatio.ProbabilityOf(viewers, [.. viewers.Select(_ => 7.0)]), 4);
    }

    [Fact]
    public void An_interval_covers_the_true_rate_though_viewers_differ()
    {
        var random = new Random(1);
        var covered = 0;
        const int Experiments = 400;
        for (var experiment = 0; experiment < Experiments; experiment++)
        {
            var (outcomes, impressions) = (new double[300], new double[300]);
            for (var viewer = 0; viewer < outcomes.Length; viewer++)
            {
                // Some viewers like nearly everything, most nearly nothing: impressions of one viewer are far from independent.
                var taste = random.Next(10) == 0 ? 0.65 : 0.05;
                impressions[viewer] = 1 + random.Next(60);
                for (var i = 0; i < impressions[viewer]; i++) outcomes[viewer] += random.NextDouble() < taste ? 1 : 0;
            }
            var rate = RateEstimate.Of(outcomes, impressions);
            if (rate.Low <= 0.11 && 0.11 <= rate.High) covered++;
        }
        // 380 are expected; five standard deviations are 22.
        Assert.InRange(covered, 358, 399);
    }

    [Fact]
    public void A_difference_is_less_sure_than_either_rate()
    {
        var difference = new RateEstimate(0.5, 0.03).Minus(new RateEstimate(0.2, 0.04));
        Assert.Equal(0.3, difference.Value, 9);
        Assert.Equal(0.05, difference.StandardError, 9);
        Assert.True(double.IsNaN(RateEstimate.Of([], []).Value));
    }

    private static double Simulated(double distance, int degrees)
    {
        var random = new Random(1);
        const int Rounds = 100_000;
        var beyond = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var sum = 0.0;
            for (var i = 0; i < degrees; i++)
            {
                var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                sum += normal * normal;
            }
            if (sum >= distance) beyond++;
        }
        return (double)beyond / Rounds;
    }
}
