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

    public static TResult Dispatch<TWork, TResult>(TWork work)
        where TWork : ILanesWork<TResult>, allows ref struct =>
        Lanes512.IsAccelerated ? work.Run<Lanes512>()
        : Lanes256.IsAccelerated ? work.Run<Lanes256>()
        : work.Run<Lanes128>();
}
