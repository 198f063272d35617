using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Evaluation.OffPolicy;

namespace Recommender.Tests.Unit.Modeling.Evaluation;

public class OffPolicyTests
{
    private static readonly double[][] s_logging = [[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]];
    private static readonly double[][] s_judged = [[0.1, 0.1, 0.8], [0.5, 0.4, 0.1]];
    private static readonly double[] s_rates = [0.1, 0.2, 0.4];

    private static List<LoggedChoice> Log(int seed, int count, double[][] policy)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var (context, draw, action) = (random.Next(2), random.NextDouble(), 0);
            while (action < 2 && (draw -= policy[context][action]) >= 0) action++;
            return new LoggedChoice(context, action, random.NextDouble() < s_rates[action] ? 1 : 0, policy[context][action]);
        })];
    }

    private static double TrueValue(double[][] policy) => policy.Average(row => row.Select((p, action) => p * s_rates[action]).Sum());

    [Fact]
    public void Each_interval_covers_the_true_value_about_as_often_as_it_says()
    {
        var truth = TrueValue(s_judged);
        var covered = new int[3];
        const int Logs = 200;
        for (var seed = 0; seed < Logs; seed++)
        {
            var report = OffPolicyEvaluation.Evaluate(Log(seed, 400, s_logging), s_judged, level: 0.9, resamples: 200);
            BootstrapInterval[] intervals = [report.InversePropensity, report.SelfNormalized, report.DoublyRobust];
            for (var i = 0; i < covered.Length; i++)
                if (intervals[i].Low <= truth && truth <= intervals[i].High) covered[i]++;
        }
        // 180 are expected; five standard deviations are 21.
        Assert.All(covered, count => Assert.InRange(count, 155, 199));
    }

    [Fact]
    public void With_much_data_all_three_find_the_value_and_the_robust_one_is_the_surest()
    {
        var report = OffPolicyEvaluation.Evaluate(Log(1, 50_000, s_logging), s_judged, resamples: 100);
        var truth = TrueValue(s_judged);
        Assert.Equal(truth, report.InversePropensity.Mean, 0.02);
        Assert.Equal(truth, report.SelfNormalized.Mean, 0.02);
        Assert.Equal(truth, report.DoublyRobust.Mean, 0.02);
        Assert.True(report.DoublyRobust.High - report.DoublyRobust.Low < report.InversePropensity.High - report.InversePropensity.Low);
        Assert.Equal(1, report.MeanWeight, 0.02);
        Assert.Equal(8, report.LargestWeight, 6);
        Assert.InRange(report.EffectiveChoices, 1, 50_000);
    }

    [Fact]
    public void A_policy_judged_by_its_own_log_earns_what_it_earned()
    {
        var log = Log(3, 1000, s_logging);
        var report = OffPolicyEvaluation.Evaluate(log, s_logging, resamples: 100);
        Assert.Equal(log.Average(c => c.Reward), report.InversePropensity.Mean, 9);
        Assert.Equal(log.Average(c => c.Reward), report.SelfNormalized.Mean, 9);
        Assert.Equal(1000, report.EffectiveChoices, 6);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentException>(() => OffPolicyEvaluation.Evaluate([new(0, 0, 1, 0), new(0, 0, 1, 1)], [[1]]));
        Assert.Throws<ArgumentException>(() => OffPolicyEvaluation.Evaluate([new(0, 0, 1, 1), new(0, 0, 1, 1)], [[0.5]]));
        Assert.Throws<ArgumentException>(() => OffPolicyEvaluation.Evaluate([new(0, 1, 1, 1), new(0, 0, 1, 1)], [[1]]));
        Assert.Throws<ArgumentException>(() => OffPolicyEvaluation.Evaluate([new(0, 1, 1, 1), new(0, 1, 1, 1)], [[1, 0]]));
    }

    [Fact]
    public void One_reward_among_thousands_gives_an_interval_of_its_size()
    {
        var random = new Random(5);
        List<LoggedChoice> log = [.. Enumerable.Range(0, 5000).Select(i => new LoggedChoice(0, random.Next(3), i == 1234 ? 1 : 0, 0.2 + (0.6 * random.NextDouble())))];
        var report = OffPolicyEvaluation.Evaluate(log, [[0.3, 0.3, 0.4]]);
        Assert.Equal(1, report.RewardedChoices);
        Assert.InRange(report.InversePropensity.High, 2 * report.InversePropensity.Mean, 10 * report.InversePropensity.Mean);
        Assert.InRange(report.InversePropensity.Low, -report.InversePropensity.Mean, report.InversePropensity.Mean);
    }

    [Fact]
    public void An_interval_of_skewed_values_is_lopsided()
    {
        double[] values = [.. Enumerable.Range(0, 200).Select(i => i % 40 == 0 ? 40.0 : 0)];
        var interval = StudentizedBootstrap.OfMean(values);
        Assert.Equal(1, interval.Mean, 9);
        Assert.True(interval.High - interval.Mean > interval.Mean - interval.Low);
        Assert.Equal(interval, StudentizedBootstrap.OfMean(values));
        Assert.Equal(new BootstrapInterval(2, 2, 2), StudentizedBootstrap.OfMean([2, 2, 2]));
    }
}
