namespace Recommender.Training.Dataset;

/// <summary>How the values of one signal are spread.</summary>
/// <param name="Count">Number of values.</param>
/// <param name="Min">Smallest.</param>
/// <param name="Mean">Mean.</param>
/// <param name="Max">Largest.</param>
/// <param name="P10">10 % are at or below.</param>
/// <param name="P50">Median.</param>
/// <param name="P90">90 % are at or below.</param>
/// <param name="P99">99 % are at or below.</param>
internal sealed record Distribution(long Count, double Min, double Mean, double Max, double P10, double P50, double P90, double P99)
{
    /// <summary>No value at all.</summary>
    public static Distribution Empty { get; } = new(0, 0, 0, 0, 0, 0, 0, 0);
}

/// <summary>Collects values for a <see cref="Distribution"/> in bounded memory.</summary>
internal sealed class DistributionBuilder
{
    private const int MaxKept = 1 << 18;
    private readonly List<float> _kept = [];
    private double _sum;
    private double _min = double.PositiveInfinity;
    private double _max = double.NegativeInfinity;
    private long _count;
    private long _stride = 1;

    /// <summary>Takes a value. Count, mean and extremes are exact; quantiles come from every n-th value once there are very many.</summary>
    public void Add(double value)
    {
        if (_count++ % _stride == 0)
        {
            if (_kept.Count == MaxKept) KeepEverySecond();
            if ((_count - 1) % _stride == 0) _kept.Add((float)value);
        }
        _sum += value;
        _min = Math.Min(_min, value);
        _max = Math.Max(_max, value);
    }

    /// <summary>The distribution of all values so far.</summary>
    public Distribution Build()
    {
        if (_count == 0) return Distribution.Empty;
        var sorted = _kept.Order().ToArray();
        double At(double share) => Math.Clamp(sorted[(int)Math.Round(share * (sorted.Length - 1))], _min, _max);
        return new Distribution(_count, _min, _sum / _count, _max, At(0.1), At(0.5), At(0.9), At(0.99));
    }

    private void KeepEverySecond()
    {
        for (var i = 0; i < MaxKept / 2; i++) _kept[i] = _kept[i * 2];
        _kept.RemoveRange(MaxKept / 2, MaxKept / 2);
        _stride *= 2;
    }
}
