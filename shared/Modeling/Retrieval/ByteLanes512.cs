using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recommender.Modeling.Retrieval;

/// <summary>Sixteen sums in one 512-bit register (AVX-512BW). Pairs of products, at most 2 * 127 * 128, fit the 16 bits between.</summary>
internal readonly unsafe struct ByteLanes512(Vector512<int> sums) : IByteLanes<ByteLanes512>
{
    private readonly Vector512<int> _sums = sums;

    public static bool IsAccelerated => Avx512BW.IsSupported && Vector512.IsHardwareAccelerated;

    public static ByteLanes512 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512<int>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes512 AddProducts(ByteLanes512 sums, sbyte* items, int magnitudes, int signs)
    {
        var signed = Vector512.Load(items) ^ Vector512.Create(signs).AsSByte();
        var pairs = Avx512BW.MultiplyAddAdjacent(Vector512.Create(magnitudes).AsByte(), signed);
        return new(sums._sums + Avx512BW.MultiplyAddAdjacent(pairs, Vector512<short>.One));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Reaching(ByteLanes512 sums, in ByteScale scale, float* itemScales, float needed) =>
        (uint)Vector512.GreaterThanOrEqual(Scores(sums, scale, itemScales), Vector512.Create(needed)).ExtractMostSignificantBits();

    public static void Store(ByteLanes512 sums, in ByteScale scale, float* itemScales, float* scores) => Scores(sums, scale, itemScales).Store(scores);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Scores(ByteLanes512 sums, in ByteScale scale, float* itemScales) =>
        Vector512.ConvertToSingle(sums._sums + Vector512.Create(scale.Offset)) * (Vector512.Load(itemScales) * scale.Query);
}
