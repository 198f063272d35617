using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recommender.Modeling.Retrieval;

/// <summary>
/// Items in a given order, rounded to seven bits in groups of 64 that share a scale, and row after row in full. No inner product with a
/// <see cref="RoundedQueries">rounded query</see> leaves sixteen bits, so that two instructions add up 32 products. Immutable; safe for concurrent use.
/// </summary>
internal sealed unsafe class RoundedGroups
{
    /// <summary>Items of a group: four registers, of which each holds a pair of numbers of sixteen items.</summary>
    public const int GroupItems = 64;

    /// <summary>Added to each number, since hardware multiplies bytes with a sign by bytes without one.</summary>
    public const int Offset = 64;

    // No vector is longer than this in steps, so that no inner product of two of them leaves sixteen bits.
    private const double MostSteps = 181;

    private const float Largest = 1e12f;
    private const double SmallestScale = 1e-15;

    private readonly byte[] _bytes;
    private readonly float[] _rows;

    /// <param name="itemFactors">items x factors numbers that <see cref="CanRound"/>.</param>
    /// <param name="factors">Length of a row.</param>
    /// <param name="order">The row at each place.</param>
    public RoundedGroups(ReadOnlySpan<float> itemFactors, int factors, ReadOnlySpan<int> order)
    {
        (ItemCount, Factors, Pairs) = (order.Length, factors, (factors + 1) / 2);
        GroupCount = (order.Length + GroupItems - 1) / GroupItems;
        GroupBytes = GroupItems * 2 * Pairs;
        _bytes = GC.AllocateArray<byte>(checked((GroupCount * GroupBytes) + 64), pinned: true);
        fixed (byte* start = _bytes) Bytes = (byte*)(((nuint)start + 63) & ~(nuint)63);
        new Span<byte>(Bytes, GroupCount * GroupBytes).Fill(Offset);
        _rows = GC.AllocateUninitializedArray<float>(itemFactors.Length, pinned: true);
        Rows = (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_rows, 0);
        for (var place = 0; place < order.Length; place++) itemFactors.Slice(order[place] * factors, factors).CopyTo(_rows.AsSpan(place * factors));
        (Inverses, Lengths, Errors) = (new float[GroupCount], new float[GroupCount], new float[GroupCount]);
        for (var group = 0; group < GroupCount; group++) Round(group);
    }

    /// <summary>Whether this machine adds up eight-bit products in hardware.</summary>
    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>
    /// Whether a first look at rounded numbers is the faster way as well: float32 tiles have registers of 256 bits alone. With those of 512 bits the tiles are
    /// twice as fast, and the look, which uses 256, is not.
    /// </summary>
    public static bool IsPreferred => IsSupported && !Vector512.IsHardwareAccelerated;

    public int ItemCount { get; }

    /// <summary>Length of an item's vector.</summary>
    public int Factors { get; }

    /// <summary>Pairs of numbers, the last one perhaps with a zero.</summary>
    public int Pairs { get; }

    public int GroupCount { get; }

    public int GroupBytes { get; }

    /// <summary>Rounded numbers plus <see cref="Offset"/>: for each half of a group, pair by pair, two registers.</summary>
    public byte* Bytes { get; }

    /// <summary>The numbers in full, by place.</summary>
    public float* Rows { get; }

    /// <summary>Per group, one over what a step is worth.</summary>
    public float[] Inverses { get; }

    /// <summary>Per group, the greatest length of a vector, in steps.</summary>
    public float[] Lengths { get; }

    /// <summary>Per group, the greatest length of what rounding took from a vector, in steps.</summary>
    public float[] Errors { get; }

    /// <summary>Whether numbers are neither too large to be multiplied nor none at all.</summary>
    public static bool CanRound(ReadOnlySpan<float> numbers)
    {
        foreach (var x in numbers)
        {
            if (!(Math.Abs(x) < Largest)) return false;
        }

        return true;
    }

    /// <summary>What a step must be worth at least: for the length of a vector, however it is rounded, and for its largest number.</summary>
    public static double ScaleOf(ReadOnlySpan<float> vector, int mostOfNumber)
    {
        var largest = 0f;
        foreach (var x in vector) largest = Math.Max(largest, Math.Abs(x));
        return Math.Max(NormOrder.LengthOf(vector) / (MostSteps - (0.5 * Math.Sqrt(vector.Length))), (double)largest / mostOfNumber);
    }

    private void Round(int group)
    {
        var (first, after) = (group * GroupItems, Math.Min((group + 1) * GroupItems, ItemCount));
        var scale = SmallestScale;
        for (var place = first; place < after; place++) scale = Math.Max(scale, ScaleOf(Row(place), Offset - 1));
        var (length, error) = (0.0, 0.0);
        for (var place = first; place < after; place++)
        {
            length = Math.Max(length, NormOrder.LengthOf(Row(place)) / scale);
            error = Math.Max(error, Round(Row(place), scale, Bytes + ((nint)group * GroupBytes) + ByteOf(place - first)));
        }

        (Inverses[group], Lengths[group], Errors[group]) = ((float)(1 / scale), MathF.BitIncrement((float)length), MathF.BitIncrement((float)error));
    }

    private ReadOnlySpan<float> Row(int place) => _rows.AsSpan(place * Factors, Factors);

    // Eights of items alternate between the two registers of a half, as packing both into one puts them back in order.
    private int ByteOf(int item)
    {
        var (half, place) = (item / 32, item % 32);
        return (half * GroupBytes / 2) + (32 * (place / 8 % 2)) + (2 * ((place % 8) + (8 * (place / 16))));
    }

    private static double Round(ReadOnlySpan<float> row, double scale, byte* to)
    {
        var error = 0.0;
        for (var f = 0; f < row.Length; f++)
        {
            var steps = row[f] / scale;
            var rounded = Math.Round(steps);
            error += (steps - rounded) * (steps - rounded);
            to[(f / 2 * 64) + (f % 2)] = (byte)(Offset + (int)rounded);
        }

        return Math.Sqrt(error);
    }
}
