namespace Recommender.Modeling.Evaluation.OffPolicy;

/// <summary>
/// Off-policy evaluation: inverse propensity scoring (Horvitz and Thompson 1952), its self-normalised form (Swaminathan and Joachims 2015) and
/// the doubly robust estimator (Dudik, Langford and Li 2011) with rewards modelled on the other half of the log. Intervals come from the
/// studentized bootstrap, since a few large weights make the errors skewed.
/// </summary>
public static class OffPolicyEvaluation
{
    /// <summary>Choices after which an action's own mean reward counts as much as the mean of all.</summary>
    private const double Prior = 200;

    /// <summary>Estimates what a policy would have earned.</summary>
    /// <param name="log">What the logging policy chose, at least two choices.</param>
    /// <param name="policy">policy[context][action]: the probability with which the policy to be judged would choose; each row adds up to 1.</param>
    /// <param name="level">Confidence of the intervals.</param>
    /// <param name="resamples">Number of resamples, from 100.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <exception cref="ArgumentException">A propensity is not above 0, a row of the policy does not add up to 1, or the log names what the policy does not know.</exception>
    public static OffPolicyReport Evaluate(IReadOnlyList<LoggedChoice> log, double[][] policy, double level = 0.95, int resamples = 1000, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThan(log.Count, 2, nameof(log));
        foreach (var row in policy)
            if (Math.Abs(row.Sum() - 1) > 1e-6 || row.Any(p => !(p >= 0))) throw new ArgumentException($"A policy's probabilities add up to {row.Sum()}, not 1.", nameof(policy));
        var weights = new double[log.Count];
        for (var i = 0; i < weights.Length; i++)
        {
            var choice = log[i];
            if (!(choice.Propensity > 0 && choice.Propensity <= 1)) throw new ArgumentException($"Choice {i} has propensity {choice.Propensity}; it must be above 0 and at most 1.", nameof(log));
            if ((uint)choice.Context >= (uint)policy.Length || (uint)choice.Action >= (uint)policy[choice.Context].Length)
                throw new ArgumentException($"Choice {i} is of context {choice.Context} and action {choice.Action}, which the policy does not know.", nameof(log));
            weights[i] = policy[choice.Context][choice.Action] / choice.Propensity;
        }
        var sum = weights.Sum();
        if (!(sum > 0)) throw new ArgumentException("The policy chooses nothing that is in the log.", nameof(policy));
        var meanWeight = sum / weights.Length;
        var weighted = new double[weights.Length];
        for (var i = 0; i < weights.Length; i++) weighted[i] = weights[i] * log[i].Reward;
        return new OffPolicyReport(
            StudentizedBootstrap.OfMean(weighted, level, resamples, seed),
            StudentizedBootstrap.OfMean(Linearized(log, weights, weighted.Sum() / sum, meanWeight), level, resamples, seed),
            StudentizedBootstrap.OfMean(Corrected(log, policy, weights), level, resamples, seed),
            log.Count, log.Count(c => c.Reward != 0), sum * sum / weights.Sum(w => w * w), meanWeight, weights.Max());
    }

    /// <summary>Values whose mean is the ratio of means and whose spread is its spread, to first order.</summary>
    private static double[] Linearized(IReadOnlyList<LoggedChoice> log, double[] weights, double ratio, double meanWeight)
    {
        var values = new double[weights.Length];
        for (var i = 0; i < values.Length; i++) values[i] = ratio + (weights[i] * (log[i].Reward - ratio) / meanWeight);
        return values;
    }

    /// <summary>The modelled reward of the policy plus the weighted error of the model, which was made from the other half of the log.</summary>
    private static double[] Corrected(IReadOnlyList<LoggedChoice> log, double[][] policy, double[] weights)
    {
        var values = new double[weights.Length];
        for (var half = 0; half < 2; half++)
        {
            var rewards = ModelOf(log, 1 - half, policy.Max(row => row.Length));
            var expected = Array.ConvertAll(policy, row => row.Select((probability, action) => probability * rewards[action]).Sum());
            for (var i = half; i < values.Length; i += 2) values[i] = expected[log[i].Context] + (weights[i] * (log[i].Reward - rewards[log[i].Action]));
        }
        return values;
    }

    /// <summary>Mean reward per action in one half of the log, drawn towards the mean of all.</summary>
    private static double[] ModelOf(IReadOnlyList<LoggedChoice> log, int half, int actions)
    {
        var (sums, counts, all, number) = (new double[actions], new double[actions], 0.0, 0);
        for (var i = half; i < log.Count; i += 2)
        {
            sums[log[i].Action] += log[i].Reward;
            counts[log[i].Action]++;
            all += log[i].Reward;
            number++;
        }
        var mean = all / Math.Max(1, number);
        return [.. sums.Select((sum, action) => (sum + (Prior * mean)) / (counts[action] + Prior))];
    }
}
