namespace Recommender.Hosting.Online;

/// <summary>
/// An exponentially decayed sum in the log domain ("forward decay", Cormode, Shkapenyuk, Srivastava, Xu 2009): each weight w at time t counts
/// as w x 2^((t - now) / half-life). Kept as log2 of the sum of w x 2^((t - epoch) / half-life), it needs no update as time passes, does not
/// overflow, orders videos as the decayed sums would, and is the same whatever the order of the events.
/// </summary>
/// <param name="Log2">Logarithm of the sum; negative infinity for an empty one.</param>
public readonly record struct DecayedSum(double Log2)
{
    /// <summary>Start of the scale: 2020-01-01 UTC, Unix milliseconds.</summary>
    private const long EpochMs = 1_577_836_800_000;

    /// <summary>The empty sum.</summary>
    public static DecayedSum Zero { get; } = new(double.NegativeInfinity);

    /// <summary>One event of positive weight.</summary>
    public static DecayedSum Of(double weight, long occurredAtMs, TimeSpan halfLife) => weight > 0
        ? new DecayedSum(Math.Log2(weight) + ((occurredAtMs - EpochMs) / halfLife.TotalMilliseconds))
        : Zero;

    /// <summary>The sum of both.</summary>
    public DecayedSum Add(DecayedSum other)
    {
        var (large, small) = Log2 >= other.Log2 ? (Log2, other.Log2) : (other.Log2, Log2);
        return double.IsNegativeInfinity(small) ? new DecayedSum(large) : new DecayedSum(large + Math.Log2(1 + double.Exp2(small - large)));
    }

    /// <summary>The decayed sum as of <paramref name="nowMs"/>.</summary>
    public double At(long nowMs, TimeSpan halfLife) => double.Exp2(Log2 - ((nowMs - EpochMs) / halfLife.TotalMilliseconds));
}
