namespace Recommender.Standalone.Simulate;

/// <summary>Draws indices with given weights: a binary search in their running sums.</summary>
internal sealed class WeightedPick
{
    private readonly double[] _sums;

    /// <summary>Prepares the draw.</summary>
    /// <param name="weights">At least one, none negative, not all zero.</param>
    public WeightedPick(IEnumerable<double> weights)
    {
        var sum = 0.0;
        _sums = [.. weights.Select(w => sum += w)];
        if (!(sum > 0)) throw new ArgumentException("there is nothing to draw from", nameof(weights));
    }

    /// <summary>An index.</summary>
    public int Next(Random random)
    {
        var index = Array.BinarySearch(_sums, random.NextDouble() * _sums[^1]);
        return Math.Min(index < 0 ? ~index : index + 1, _sums.Length - 1);
    }
}
