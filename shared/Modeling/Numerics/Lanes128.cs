using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recommender.Modeling.Numerics;

/// <summary>Sixteen lanes in four 128-bit registers (ARM, SSE, or plain code).</summary>
internal readonly unsafe struct Lanes128(Vector128<float> p0, Vector128<float> p1, Vector128<float> p2, Vector128<float> p3) : ILanes<Lanes128>
{
    private readonly Vector128<float> _p0 = p0;
    private readonly Vector128<float> _p1 = p1;
    private readonly Vector128<float> _p2 = p2;
    private readonly Vector128<float> _p3 = p3;

    public static bool IsAccelerated => Vector128.IsHardwareAccelerated;

    public static int TileRows => 4;

    public static Lanes128 Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector128<float>.Zero, Vector128<float>.Zero, Vector128<float>.Zero, Vector128<float>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* source) => new(Vector128.Load(source), Vector128.Load(source + 4), Vector128.Load(source + 8), Vector128.Load(source + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Broadcast(float value) => new(Vector128.Create(value), Vector128.Create(value), Vector128.Create(value), Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) => new(
        Vector128.FusedMultiplyAdd(a._p0, b._p0, c._p0),
        Vector128.FusedMultiplyAdd(a._p1, b._p1, c._p1),
        Vector128.FusedMultiplyAdd(a._p2, b._p2, c._p2),
        Vector128.FusedMultiplyAdd(a._p3, b._p3, c._p3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplySubtract(Lanes128 a, Lanes128 b, Lanes128 c) => new(
        Vector128.FusedMultiplyAdd(-a._p0, b._p0, c._p0),
        Vector128.FusedMultiplyAdd(-a._p1, b._p1, c._p1),
        Vector128.FusedMultiplyAdd(-a._p2, b._p2, c._p2),
        Vector128.FusedMultiplyAdd(-a._p3, b._p3, c._p3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Multiply(Lanes128 a, Lanes128 b) => new(a._p0 * b._p0, a._p1 * b._p1, a._p2 * b._p2, a._p3 * b._p3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Divide(Lanes128 a, Lanes128 b) => new(a._p0 / b._p0, a._p1 / b._p1, a._p2 / b._p2, a._p3 / b._p3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Fold(Lanes128 a) => a._p0 + a._p2 + (a._p1 + a._p3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint GreaterThan(Lanes128 a, Lanes128 b) =>
        Vector128.GreaterThan(a._p0, b._p0).ExtractMostSignificantBits() |
        (Vector128.GreaterThan(a._p1, b._p1).ExtractMostSignificantBits() << 4) |
        (Vector128.GreaterThan(a._p2, b._p2).ExtractMostSignificantBits() << 8) |
        (Vector128.GreaterThan(a._p3, b._p3).ExtractMostSignificantBits() << 12);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination)
    {
        _p0.Store(destination);
        _p1.Store(destination + 4);
        _p2.Store(destination + 8);
        _p3.Store(destination + 12);
    }
}
