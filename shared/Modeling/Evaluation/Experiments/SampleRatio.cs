namespace Recommender.Modeling.Evaluation.Experiments;

/// <summary>
/// The sample-ratio check: whether arms have as many viewers as their shares say (Pearson's chi-squared test). Where they do not, something
/// loses viewers in one arm, and no comparison of the arms means anything.
/// </summary>
public static class SampleRatio
{
    /// <summary>Below this probability the ratio is taken to be wrong.</summary>
    public const double Alarm = 0.001;

    /// <summary>The probability of counts at least as far from the shares as these, if the shares are true.</summary>
    /// <param name="viewers">Viewers per arm.</param>
    /// <param name="shares">Share per arm, above 0; any scale.</param>
    public static double ProbabilityOf(ReadOnlySpan<long> viewers, ReadOnlySpan<double> shares)
    {
        if (viewers.Length != shares.Length) throw new ArgumentException("There must be a share per arm.", nameof(shares));
        var (all, whole, distance) = (0.0, 0.0, 0.0);
        for (var i = 0; i < shares.Length; i++) (all, whole) = (all + viewers[i], whole + shares[i]);
        if (viewers.Length < 2 || all == 0) return 1;
        for (var i = 0; i < shares.Length; i++)
        {
            var expected = all * shares[i] / whole;
            distance += (viewers[i] - expected) * (viewers[i] - expected) / expected;
        }
        return UpperGamma((viewers.Length - 1) / 2.0, distance / 2);
    }

    /// <summary>The regularised upper incomplete gamma function Q(a, x) (Abramowitz and Stegun 6.5): a series for small x, a continued fraction for large.</summary>
    private static double UpperGamma(double a, double x)
    {
        const double Enough = 1e-15;
        if (x <= 0) return 1;
        var scale = Math.Exp((a * Math.Log(x)) - x - LogGamma(a));
        if (x < a + 1)
        {
            var (term, sum) = (1 / a, 1 / a);
            for (var n = 1; term > sum * Enough; n++)
            {
                term *= x / (a + n);
                sum += term;
            }
            return 1 - (scale * sum);
        }
        // Lentz's method.
        var (b, c, d) = (x + 1 - a, 1e300, 1 / (x + 1 - a));
        var fraction = d;
        for (var i = 1; i < 1000; i++)
        {
            var numerator = -i * (i - a);
            b += 2;
            d = 1 / ((numerator * d) + b);
            c = b + (numerator / c);
            fraction *= c * d;
            if (Math.Abs((c * d) - 1) < Enough) break;
        }
        return scale * fraction;
    }

    /// <summary>Logarithm of the gamma function at a multiple of one half, by its recurrence.</summary>
    private static double LogGamma(double a)
    {
        var log = a % 1 == 0 ? 0 : 0.5 * Math.Log(Math.PI);
        for (var x = a % 1 == 0 ? 1 : 0.5; x < a; x++) log += Math.Log(x);
        return log;
    }
}
