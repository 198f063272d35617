using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Retrieval;

/// <summary>
/// Item factors packed from the longest vector to the shortest. No inner product exceeds the product of both lengths (Cauchy, Schwarz), so a scan
/// in this order ends where the rest is too short to matter. A copy of the factors (4 bytes each). Immutable; safe for concurrent use.
/// </summary>
public sealed class NormOrder
{
    private readonly int[] _items;
    private readonly double[] _norms;

    /// <summary>Packs items x factors numbers, given row-major.</summary>
    /// <exception cref="ArgumentException">The length of <paramref name="itemFactors"/> is no multiple of <paramref name="factors"/>.</exception>
    public NormOrder(ReadOnlySpan<float> itemFactors, int factors)
    {
        PackedFactors.Check(itemFactors, factors);
        _items = new int[itemFactors.Length / factors];
        var keys = new double[_items.Length];
        for (var item = 0; item < _items.Length; item++) (_items[item], keys[item]) = (item, -LengthOf(itemFactors.Slice(item * factors, factors)));
        // Not a number comes first, so that it is never left out.
        Array.Sort(keys, _items);
        Packed = new PackedFactors(itemFactors, factors, _items);
        _norms = new double[Packed.BlockCount];
        for (var block = 0; block < _norms.Length; block++) _norms[block] = -keys[block * Lanes.Count];
    }

    /// <summary>Number of items.</summary>
    public int ItemCount => _items.Length;

    /// <summary>Length of an item's vector.</summary>
    public int Factors => Packed.Factors;

    /// <summary>The factors, by place in this order.</summary>
    internal PackedFactors Packed { get; }

    /// <summary>The item at each place.</summary>
    internal ReadOnlySpan<int> Items => _items;

    /// <summary>The length of a vector.</summary>
    internal static double LengthOf(ReadOnlySpan<float> vector)
    {
        var square = 0.0;
        foreach (var x in vector) square += (double)x * x;
        return Math.Sqrt(square);
    }

    /// <summary>No vector of this block or a later one is longer; NaN while there are vectors without a length.</summary>
    internal double LongestFrom(int block) => _norms[block];
}
