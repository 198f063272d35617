using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Retrieval;

/// <summary>
/// Item factors from the longest vector to the shortest. No inner product exceeds the product of both lengths (Cauchy, Schwarz), so a scan
/// in this order ends where the rest is too short to matter. A copy of the factors (4 bytes each, and one more where eight-bit products are added up in
/// hardware). Immutable; safe for concurrent use.
/// </summary>
public sealed class NormOrder
{
    private readonly int[] _items;
    private readonly double[] _norms;

    /// <summary>Packs items x factors numbers, given row-major.</summary>
    /// <exception cref="ArgumentException">The length of <paramref name="itemFactors"/> is no multiple of <paramref name="factors"/>.</exception>
    public NormOrder(ReadOnlySpan<float> itemFactors, int factors)
        : this(itemFactors, factors, RoundedGroups.IsPreferred)
    {
    }

    /// <summary>As the other one.</summary>
    /// <param name="itemFactors">items x factors.</param>
    /// <param name="factors">Length of a row.</param>
    /// <param name="rounds">Whether items are rounded for a first look at them, if their numbers allow it.</param>
    internal NormOrder(ReadOnlySpan<float> itemFactors, int factors, bool rounds)
    {
        PackedFactors.Check(itemFactors, factors);
        (Factors, _items) = (factors, new int[itemFactors.Length / factors]);
        var keys = new double[_items.Length];
        for (var item = 0; item < _items.Length; item++) (_items[item], keys[item]) = (item, -LengthOf(itemFactors.Slice(item * factors, factors)));
        // Not a number comes first, so that it is never left out.
        Array.Sort(keys, _items);
        _norms = new double[(_items.Length + Lanes.Count - 1) / Lanes.Count];
        for (var block = 0; block < _norms.Length; block++) _norms[block] = -keys[block * Lanes.Count];
        if (rounds && RoundedGroups.CanRound(itemFactors)) Rounded = new RoundedGroups(itemFactors, factors, _items);
        else Packed = new PackedFactors(itemFactors, factors, _items);
    }

    /// <summary>Number of items.</summary>
    public int ItemCount => _items.Length;

    /// <summary>Length of an item's vector.</summary>
    public int Factors { get; }

    /// <summary>The factors in seven bits and in full, by place in this order; null where there is <see cref="Packed"/>.</summary>
    internal RoundedGroups? Rounded { get; }

    /// <summary>The factors, by place in this order; null where there is <see cref="Rounded"/>.</summary>
    internal PackedFactors? Packed { get; }

    /// <summary>The item at each place.</summary>
    internal ReadOnlySpan<int> Items => _items;

    /// <summary>The length of a vector.</summary>
    internal static double LengthOf(ReadOnlySpan<float> vector)
    {
        var square = 0.0;
        foreach (var x in vector) square += (double)x * x;
        return Math.Sqrt(square);
    }

    /// <summary>No vector of this block of sixteen or a later one is longer; NaN while there are vectors without a length.</summary>
    internal double LongestFrom(int block) => _norms[block];
}
