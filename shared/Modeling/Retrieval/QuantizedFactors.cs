using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Retrieval;

/// <summary>
/// Item factors in eight bits with one scale per row, in the order in which a scan reads them: blocks of sixteen items, four factors at a time,
/// so that one instruction adds up 32 or 64 products. A quarter of the bytes of <see cref="PackedFactors"/>, and bounds of what rounding did to each
/// block, by which <see cref="QuantizedTopK"/> finds the exact best. Memory: (factors rounded up to 4) + 9 bytes per item. Immutable; safe for
/// concurrent use.
/// </summary>
public sealed unsafe class QuantizedFactors
{
    /// <summary>Factors that one lane of one instruction adds up.</summary>
    internal const int Group = 4;

    private const float Largest = 1e15f;

    private readonly byte[] _storage;

    /// <summary>Rounds items x factors numbers, given row-major.</summary>
    /// <param name="itemFactors">Numbers from -1e15 to 1e15, so that no product of two leaves the range of float32.</param>
    /// <param name="factors">Length of a row, 1 to 4,096.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="itemFactors"/> is no multiple of <paramref name="factors"/>, or a number is out of range.</exception>
    public QuantizedFactors(ReadOnlySpan<float> itemFactors, int factors)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factors);
        // Sums of 4,096 products of bytes fit 32 bits.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(factors, 4096);
        if (itemFactors.Length % factors != 0)
            throw new ArgumentException($"{itemFactors.Length} numbers are no whole rows of {factors} factors.", nameof(itemFactors));
        (ItemCount, Factors) = (itemFactors.Length / factors, factors);
        GroupCount = (factors + Group - 1) / Group;
        BlockCount = (ItemCount + Lanes.Count - 1) / Lanes.Count;
        BlockBytes = Lanes.Count * Group * GroupCount;
        _storage = GC.AllocateArray<byte>(checked((BlockCount * BlockBytes) + 64), pinned: true);
        fixed (byte* start = _storage) Bytes = (sbyte*)(((nuint)start + 63) & ~(nuint)63);
        (Products, Cosines) = (new RowBounds(BlockCount), new RowBounds(BlockCount));
        for (var item = 0; item < ItemCount; item++) Add(item, itemFactors.Slice(item * factors, factors));
    }

    /// <summary>Whether this machine adds up eight-bit products in hardware; without that a search goes through <see cref="PackedFactors"/>.</summary>
    public static bool IsAccelerated => ByteLanes512.IsAccelerated || ByteLanes256.IsAccelerated;

    /// <summary>Number of items.</summary>
    public int ItemCount { get; }

    /// <summary>Length of an item's vector.</summary>
    public int Factors { get; }

    internal int GroupCount { get; }

    internal int BlockCount { get; }

    internal int BlockBytes { get; }

    /// <summary>Rounded numbers, block by block; zero in padding.</summary>
    internal sbyte* Bytes { get; }

    /// <summary>What makes inner products of the rounded numbers.</summary>
    internal RowBounds Products { get; }

    /// <summary>What makes cosines of them: the same for rows that are one long.</summary>
    internal RowBounds Cosines { get; }

    private void Add(int item, ReadOnlySpan<float> row)
    {
        var largest = 0f;
        foreach (var value in row)
        {
            if (!(Math.Abs(value) <= Largest)) throw new ArgumentException($"Item {item} has the number {value}; it must be from -1e15 to 1e15.", nameof(row));
            largest = Math.Max(largest, Math.Abs(value));
        }
        var scale = largest / 127;
        // Numbers so small that their steps vanish are rounded to zero; the error says what that costs.
        if (!(scale > 0) || float.IsSubnormal(scale)) scale = 0;
        var (block, lane) = (item / Lanes.Count, item % Lanes.Count);
        var (error, norm, rounded) = (0.0, 0.0, 0.0);
        for (var f = 0; f < row.Length; f++)
        {
            var step = scale > 0 ? (int)Math.Clamp(MathF.Round(row[f] / scale), -127, 127) : 0;
            Bytes[((nint)block * BlockBytes) + (f / Group * Group * Lanes.Count) + (lane * Group) + (f % Group)] = (sbyte)step;
            var value = (double)step * scale;
            (error, norm, rounded) = (error + ((row[f] - value) * (row[f] - value)), norm + ((double)row[f] * row[f]), rounded + (value * value));
        }
        Products.Note(item, scale, Math.Sqrt(error), Math.Sqrt(Math.Max(norm, rounded)));
        // A row without length has no direction, and no comparison lets NaN pass. One of less than float32 can say is always scored in full.
        var inverse = norm > 0 ? 1 / Math.Sqrt(norm) : double.NaN;
        Cosines.Note(item, (float)(scale * inverse), inverse > float.MaxValue ? float.PositiveInfinity : Math.Sqrt(error) * inverse, Math.Sqrt(Math.Max(norm, rounded)) * inverse);
    }
}
