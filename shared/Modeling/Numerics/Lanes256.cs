using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recommender.Modeling.Numerics;

/// <summary>Sixteen lanes in two 256-bit registers (AVX2, with fused multiply-add).</summary>
internal readonly unsafe struct Lanes256(Vector256<float> p0, Vector256<float> p1) : ILanes<Lanes256>
{
    private readonly Vector256<float> _p0 = p0;
    private readonly Vector256<float> _p1 = p1;

    public static bool IsAccelerated => Vector256.IsHardwareAccelerated && Fma.IsSupported;

    public static int TileRows => 4;

    public static Lanes256 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<float>.Zero, Vector256<float>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* source) => new(Vector256.Load(source), Vector256.Load(source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Broadcast(float value) => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) => new(Vector256.FusedMultiplyAdd(a._p0, b._p0, c._p0), Vector256.FusedMultiplyAdd(a._p1, b._p1, c._p1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplySubtract(Lanes256 a, Lanes256 b, Lanes256 c) => new(Vector256.FusedMultiplyAdd(-a._p0, b._p0, c._p0), Vector256.FusedMultiplyAdd(-a._p1, b._p1, c._p1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Multiply(Lanes256 a, Lanes256 b) => new(a._p0 * b._p0, a._p1 * b._p1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Divide(Lanes256 a, Lanes256 b) => new(a._p0 / b._p0, a._p1 / b._p1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Fold(Lanes256 a)
    {
        var half = a._p0 + a._p1;
        return half.GetLower() + half.GetUpper();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint GreaterThan(Lanes256 a, Lanes256 b) =>
        Vector256.GreaterThan(a._p0, b._p0).ExtractMostSignificantBits() | (Vector256.GreaterThan(a._p1, b._p1).ExtractMostSignificantBits() << 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination)
    {
        _p0.Store(destination);
        _p1.Store(destination + 8);
    }
}
