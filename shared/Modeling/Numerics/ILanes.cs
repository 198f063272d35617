using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recommender.Modeling.Numerics;

/// <summary>
/// Sixteen float32 lanes. Every implementation gives the same bits for the same operations, whatever the width of the
/// machine's registers: kernels written against it are reproducible across instruction sets.
/// </summary>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Whether this machine runs the implementation in hardware.</summary>
    static abstract bool IsAccelerated { get; }

    /// <summary>Rows of a register tile that keep the machine's multipliers busy without spilling: 8 or 4.</summary>
    static abstract int TileRows { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf Load(float* source);

    static abstract TSelf Broadcast(float value);

    /// <summary>a * b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>c - a * b, rounded once.</summary>
    static abstract TSelf MultiplySubtract(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Multiply(TSelf a, TSelf b);

    static abstract TSelf Divide(TSelf a, TSelf b);

    /// <summary>The lanes i, i + 4, i + 8 and i + 12 of <paramref name="a"/> added up as ((i) + (i + 8)) + ((i + 4) + (i + 12)).</summary>
    static abstract Vector128<float> Fold(TSelf a);

    /// <summary>Bit i is set where lane i of <paramref name="a"/> is above lane i of <paramref name="b"/>; never for NaN.</summary>
    static abstract uint GreaterThan(TSelf a, TSelf b);

    void Store(float* destination);
}

/// <summary>Runs one generic piece of work with the widest lanes this machine has.</summary>
internal interface ILanesWork<TResult>
{
    TResult Run<TLanes>()
        where TLanes : struct, ILanes<TLanes>;
}

internal static class Lanes
{
    /// <summary>Number of floats in one <see cref="ILanes{TSelf}"/>.</summary>
    public const int Count = 16;

    /// <summary><paramref name="length"/> rounded up to whole lanes.</summary>
    public static int RoundUp(int length) => checked(length + Count - 1) & ~(Count - 1);

    /// <summary>The sums of the four vectors' lanes, each always in the same order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum4<TLanes>(TLanes a, TLanes b, TLanes c, TLanes d)
        where TLanes : struct, ILanes<TLanes>
    {
        var (p, q, r, s) = (TLanes.Fold(a), TLanes.Fold(b), TLanes.Fold(c), TLanes.Fold(d));
        if (Sse3.IsSupported) return Sse3.HorizontalAdd(Sse3.HorizontalAdd(p, q), Sse3.HorizontalAdd(r, s));
        return Vector128.Create(Sum(p), Sum(q), Sum(r), Sum(s));
    }

    /// <summary>The sum of all lanes, in the order of <see cref="Sum4"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum<TLanes>(TLanes a)
        where TLanes : struct, ILanes<TLanes> => Sum(TLanes.Fold(a));

    private static float Sum(Vector128<float> v) => v[0] + v[1] + (v[2] + v[3]);

    public static TResult Dispatch<TWork, TResult>(TWork work)
        where TWork : ILanesWork<TResult>, allows ref struct =>
        Lanes512.IsAccelerated ? work.Run<Lanes512>()
        : Lanes256.IsAccelerated ? work.Run<Lanes256>()
        : work.Run<Lanes128>();
}
