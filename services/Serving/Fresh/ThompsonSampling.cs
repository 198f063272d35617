namespace Recommender.Serving.Fresh;

/// <summary>
/// Thompson sampling (Thompson 1933): draw what would be best if every arm's rate were drawn from what is believed of it. The chance that
/// each arm is drawn is estimated beforehand, so that the draw itself has a known probability, which can be logged.
/// </summary>
internal static class ThompsonSampling
{
    /// <summary>The chance of every arm to be the best: how often it is in <paramref name="rounds"/> draws from Beta(1 + successes, 1 + failures).</summary>
    /// <param name="arms">Successes and trials per arm; successes above the trials count as trials.</param>
    /// <param name="random">Source of randomness.</param>
    /// <param name="rounds">Draws; the standard error of a chance is at most 0.5 / sqrt(rounds).</param>
    /// <returns>A chance above zero per arm (half a draw is added to each), adding up to 1.</returns>
    public static double[] Chances(ReadOnlySpan<(long Successes, long Trials)> arms, Random random, int rounds)
    {
        var wins = new double[arms.Length];
        wins.AsSpan().Fill(0.5);
        for (var round = 0; round < rounds && arms.Length > 0; round++)
        {
            var (best, highest) = (0, -1.0);
            for (var i = 0; i < arms.Length; i++)
            {
                var successes = Math.Min(arms[i].Successes, arms[i].Trials);
                var rate = Beta(random, 1 + successes, 1 + arms[i].Trials - successes);
                if (rate > highest) (best, highest) = (i, rate);
            }
            wins[best]++;
        }
        for (var i = 0; i < wins.Length; i++) wins[i] /= rounds + (0.5 * wins.Length);
        return wins;
    }

    /// <summary>A draw from the Beta distribution, by two Gamma draws. Both parameters from 1.</summary>
    public static double Beta(Random random, double a, double b)
    {
        var x = Gamma(random, a);
        return x / (x + Gamma(random, b));
    }

    /// <summary>A draw from the Gamma distribution with scale 1 (Marsaglia and Tsang 2000). Shape from 1.</summary>
    private static double Gamma(Random random, double shape)
    {
        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal(random);
            var v = 1 + (c * x);
            if (v <= 0) continue;
            v = v * v * v;
            if (Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + (d * (1 - v + Math.Log(v)))) return d * v;
        }
    }

    /// <summary>A draw from the normal distribution (Box and Muller 1958).</summary>
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
