using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recommender.Modeling.Retrieval;

/// <summary>Sixteen sums in two 256-bit registers (AVX2, and AVX-VNNI where there is that).</summary>
internal readonly unsafe struct ByteLanes256(Vector256<int> low, Vector256<int> high) : IByteLanes<ByteLanes256>
{
    private readonly Vector256<int> _low = low;
    private readonly Vector256<int> _high = high;

    public static bool IsAccelerated => Avx2.IsSupported;

    public static ByteLanes256 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<int>.Zero, Vector256<int>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes256 AddProducts(ByteLanes256 sums, sbyte* items, int magnitudes, int signs)
    {
        var (query, inverted) = (Vector256.Create(magnitudes).AsByte(), Vector256.Create(signs).AsSByte());
        return new(Add(sums._low, query, Vector256.Load(items) ^ inverted), Add(sums._high, query, Vector256.Load(items + 32) ^ inverted));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Reaching(ByteLanes256 sums, in ByteScale scale, float* itemScales, float needed)
    {
        var bound = Vector256.Create(needed);
        return Vector256.GreaterThanOrEqual(Scores(sums._low, scale, itemScales), bound).ExtractMostSignificantBits()
            | (Vector256.GreaterThanOrEqual(Scores(sums._high, scale, itemScales + 8), bound).ExtractMostSignificantBits() << 8);
    }

    public static void Store(ByteLanes256 sums, in ByteScale scale, float* itemScales, float* scores)
    {
        Scores(sums._low, scale, itemScales).Store(scores);
        Scores(sums._high, scale, itemScales + 8).Store(scores + 8);
    }

    // Pairs of products, at most 2 * 127 * 128, fit the 16 bits between.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Add(Vector256<int> sums, Vector256<byte> query, Vector256<sbyte> items) => AvxVnni.IsSupported
        ? AvxVnni.MultiplyWideningAndAdd(sums, query, items)
        : sums + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(query, items), Vector256<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Scores(Vector256<int> sums, in ByteScale scale, float* itemScales) =>
        Vector256.ConvertToSingle(sums + Vector256.Create(scale.Offset)) * (Vector256.Load(itemScales) * scale.Query);
}
