namespace Recommender.Modeling.Ranking;

/// <summary>A line from a score to the log odds of an outcome: logistic regression on one number (Platt 1999).</summary>
/// <param name="Slope">Log odds per unit of score.</param>
/// <param name="Intercept">Log odds at score 0.</param>
public readonly record struct OddsLine(double Slope, double Intercept)
{
    private const int Steps = 50;

    /// <summary>Against a slope without bound where a score separates all outcomes.</summary>
    private const double Ridge = 1e-3;

    /// <summary>Leaves log odds as they are.</summary>
    public static OddsLine Identity => new(1, 0);

    /// <summary>Log odds of a score.</summary>
    public double At(double score) => (Slope * score) + Intercept;

    /// <summary>The logarithmic loss of log odds for an outcome, in nats.</summary>
    public static double LossOf(double odds, double outcome) => Math.Max(odds, 0) - (odds * outcome) + Math.Log(1 + Math.Exp(-Math.Abs(odds)));

    /// <summary>The line of least loss, by Newton's method.</summary>
    /// <param name="scores">A score per impression.</param>
    /// <param name="outcomes">Its outcome, 0 to 1.</param>
    /// <param name="toward">What the slope is drawn to where there is little to learn from.</param>
    public static OddsLine Fit(ReadOnlySpan<double> scores, ReadOnlySpan<double> outcomes, double toward = 0)
    {
        if (scores.Length != outcomes.Length) throw new ArgumentException("There must be an outcome per score.", nameof(outcomes));
        var (slope, intercept) = (toward, 0.0);
        for (var step = 0; step < Steps; step++)
        {
            var (g0, g1, h00, h01, h11) = (0.0, Ridge * (slope - toward), 1e-9, 0.0, Ridge);
            for (var i = 0; i < scores.Length; i++)
            {
                var p = 1 / (1 + Math.Exp(-((slope * scores[i]) + intercept)));
                var (error, weight) = (p - outcomes[i], p * (1 - p));
                (g0, g1) = (g0 + error, g1 + (error * scores[i]));
                (h00, h01, h11) = (h00 + weight, h01 + (weight * scores[i]), h11 + (weight * scores[i] * scores[i]));
            }
            var determinant = (h00 * h11) - (h01 * h01);
            if (!(determinant > 1e-15)) break;
            var (d0, d1) = (((h11 * g0) - (h01 * g1)) / determinant, ((h00 * g1) - (h01 * g0)) / determinant);
            // Newton's method may leap from a flat place.
            var scale = Math.Min(1, 5 / Math.Max(1e-12, Math.Max(Math.Abs(d0), Math.Abs(d1) * Reach(scores))));
            (intercept, slope) = (intercept - (scale * d0), slope - (scale * d1));
            if (Math.Abs(d0) + Math.Abs(d1) < 1e-9) break;
        }
        return new OddsLine(slope, intercept);
    }

    private static double Reach(ReadOnlySpan<double> scores)
    {
        var reach = 0.0;
        foreach (var score in scores) reach = Math.Max(reach, Math.Abs(score));
        return reach;
    }
}
