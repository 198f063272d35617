namespace Recommender.Modeling.Evaluation.Experiments;

/// <summary>
/// A rate of outcomes per impression with a 95 % interval. Viewers, not impressions, are what was assigned, so the error counts viewers: that of
/// a ratio of two means, to first order (the delta method; Deng, Knoblich and Lu 2018).
/// </summary>
/// <param name="Value">Outcomes per impression.</param>
/// <param name="StandardError">Its standard error; not a number with fewer than two viewers.</param>
public readonly record struct RateEstimate(double Value, double StandardError)
{
    /// <summary>Standard normal deviations of a 95 % interval.</summary>
    private const double Deviations = 1.959964;

    /// <summary>Lower end of the interval.</summary>
    public double Low => Value - (Deviations * StandardError);

    /// <summary>Upper end of the interval.</summary>
    public double High => Value + (Deviations * StandardError);

    /// <summary>The rate of one arm.</summary>
    /// <param name="outcomes">Outcomes per viewer.</param>
    /// <param name="impressions">Impressions per viewer, beside them, above 0.</param>
    public static RateEstimate Of(ReadOnlySpan<double> outcomes, ReadOnlySpan<double> impressions)
    {
        if (outcomes.Length != impressions.Length) throw new ArgumentException("Outcomes and impressions differ in length.", nameof(impressions));
        var (shown, happened) = (0.0, 0.0);
        for (var i = 0; i < outcomes.Length; i++) (shown, happened) = (shown + impressions[i], happened + outcomes[i]);
        if (shown == 0) return new RateEstimate(double.NaN, double.NaN);
        var rate = happened / shown;
        var squares = 0.0;
        for (var i = 0; i < outcomes.Length; i++)
        {
            var rest = outcomes[i] - (rate * impressions[i]);
            squares += rest * rest;
        }
        var viewers = outcomes.Length;
        return new RateEstimate(rate, viewers < 2 ? double.NaN : Math.Sqrt(squares * viewers / (viewers - 1)) / shown);
    }

    /// <summary>This rate less another, of other viewers.</summary>
    public RateEstimate Minus(RateEstimate other) => new(Value - other.Value, Math.Sqrt((StandardError * StandardError) + (other.StandardError * other.StandardError)));
}
