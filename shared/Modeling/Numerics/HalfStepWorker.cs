using System.Numerics;

namespace Recommender.Modeling.Numerics;

/// <summary>
/// Solves rows one after another, by <see cref="ExactSolver{TLanes}"/> or <see cref="ConjugateGradient{TLanes}"/>. Holds the workspace, which
/// grows to the longest row; allocates nothing per row. One thread at a time.
/// </summary>
internal abstract unsafe class HalfStepWorker
{
    private int[] _columns = GC.AllocateArray<int>(64, pinned: true);
    private float[] _confidences = GC.AllocateArray<float>(64, pinned: true);

    /// <param name="factors">Length of a vector.</param>
    /// <param name="effort">Of an improvement.</param>
    public static HalfStepWorker Create(int factors, RowEffort effort) => Lanes.Dispatch<Creation, HalfStepWorker>(new Creation(factors, effort));

    /// <summary>Room for the other side's rows of a row.</summary>
    public Span<int> Columns(int count)
    {
        if (_columns.Length < count) _columns = GC.AllocateArray<int>(Math.Max(count, 2 * _columns.Length), pinned: true);
        return _columns.AsSpan(0, count);
    }

    /// <summary>Room for the confidences of a row.</summary>
    public Span<float> Confidences(int count)
    {
        if (_confidences.Length < count) _confidences = GC.AllocateArray<float>(Math.Max(count, 2 * _confidences.Length), pinned: true);
        return _confidences.AsSpan(0, count);
    }

    /// <summary>Solves exactly for what <see cref="Columns"/> and <see cref="Confidences"/> hold.</summary>
    /// <param name="others">The other side's factors, in axes in which their gram matrix is diagonal.</param>
    /// <param name="otherStride">Distance of two rows of <paramref name="others"/>.</param>
    /// <param name="count">Interactions, above 0.</param>
    /// <param name="diagonal">Of the gram matrix, weighted; a number per factor.</param>
    /// <param name="share">Factor of <paramref name="diagonal"/>: this row's own weight of the unobserved pairs.</param>
    /// <param name="ridge">Added to the diagonal.</param>
    /// <param name="destination">Receives the factors.</param>
    public void Solve(float* others, int otherStride, int count, ReadOnlySpan<double> diagonal, double share, double ridge, float* destination) =>
        Solve(Make(others, otherStride, count, diagonal, share, ridge), destination);

    /// <summary>As the other overload, for a destination in axes of its own.</summary>
    /// <param name="others">The other side's factors, in axes in which their gram matrix is diagonal.</param>
    /// <param name="count">Interactions, above 0.</param>
    /// <param name="diagonal">Of the gram matrix, weighted; a number per factor.</param>
    /// <param name="share">Factor of <paramref name="diagonal"/>.</param>
    /// <param name="ridge">Added to the diagonal.</param>
    /// <param name="back">Takes a row into the destination's axes.</param>
    /// <param name="destination">Receives the factors.</param>
    public void Solve(FactorTable others, int count, ReadOnlySpan<double> diagonal, double share, double ridge, AlignedBuffer back, Span<float> destination)
    {
        Solve(Make(others.Pointer, others.Stride, count, diagonal, share, ridge), Solution.Pointer);
        Multiply(Solution, back, Result);
        Result.Span[..destination.Length].CopyTo(destination);
        GC.KeepAlive(others);
    }

    /// <summary>Improves a row of padded factors by some steps.</summary>
    /// <returns>False when the row was near enough and stayed as it was.</returns>
    /// <inheritdoc cref="Solve(float*, int, int, ReadOnlySpan{double}, double, double, float*)"/>
    public bool Improve(float* others, int otherStride, int count, ReadOnlySpan<double> diagonal, double share, double ridge, float* destination) =>
        Improve(Make(others, otherStride, count, diagonal, share, ridge), destination);

    /// <summary>Whether <see cref="Solve(float*, int, int, ReadOnlySpan{double}, double, double, float*)"/> costs no more than improving.</summary>
    public abstract bool SolvesCheaply(int count);

    protected abstract AlignedBuffer Diagonal { get; }

    protected abstract AlignedBuffer Solution { get; }

    protected abstract AlignedBuffer Result { get; }

    /// <summary>result = row * matrix, all padded.</summary>
    protected abstract void Multiply(AlignedBuffer row, AlignedBuffer matrix, AlignedBuffer result);

    protected abstract void Solve(in RowSystem system, float* destination);

    protected abstract bool Improve(in RowSystem system, float* destination);

    private RowSystem Make(float* others, int otherStride, int count, ReadOnlySpan<double> diagonal, double share, double ridge)
    {
        var values = Diagonal.Span;
        WeightDiagonal(diagonal, share, ridge, values);
        for (var i = diagonal.Length; i < values.Length; i++) values[i] = 1f;
        fixed (int* columns = _columns)
        fixed (float* confidences = _confidences)
        {
            return new RowSystem
            {
                Others = others, OtherStride = otherStride, Factors = diagonal.Length, Columns = columns, Confidences = confidences, Count = count,
                Diagonal = Diagonal.Pointer,
            };
        }
    }

    private static void WeightDiagonal(ReadOnlySpan<double> diagonal, double share, double ridge, Span<float> values)
    {
        var half = Vector<double>.Count;
        var i = 0;
        for (; i <= diagonal.Length - (2 * half); i += 2 * half)
        {
            var (low, high) = (new Vector<double>(diagonal[i..]), new Vector<double>(diagonal[(i + half)..]));
            Vector.Narrow((low * share) + new Vector<double>(ridge), (high * share) + new Vector<double>(ridge)).CopyTo(values[i..]);
        }

        for (; i < diagonal.Length; i++) values[i] = (float)((share * diagonal[i]) + ridge);
    }

    private readonly struct Creation(int factors, RowEffort effort) : ILanesWork<HalfStepWorker>
    {
        public HalfStepWorker Run<TLanes>()
            where TLanes : struct, ILanes<TLanes> => new HalfStepWorker<TLanes>(factors, effort);
    }
}

/// <inheritdoc/>
internal sealed unsafe class HalfStepWorker<TLanes>(int factors, RowEffort effort) : HalfStepWorker
    where TLanes : struct, ILanes<TLanes>
{
    private readonly ConjugateGradient<TLanes> _gradient = new(Lanes.RoundUp(factors), effort);
    private ExactSolver<TLanes>? _exact;

    protected override AlignedBuffer Diagonal { get; } = new(Lanes.RoundUp(factors));

    protected override AlignedBuffer Solution { get; } = new(Lanes.RoundUp(factors));

    protected override AlignedBuffer Result { get; } = new(Lanes.RoundUp(factors));

    private ExactSolver<TLanes> Exact => _exact ??= new ExactSolver<TLanes>(factors);

    public override bool SolvesCheaply(int count) => Exact.CostOf(count) <= _gradient.CostOf(count);

    protected override void Multiply(AlignedBuffer row, AlignedBuffer matrix, AlignedBuffer result)
    {
        for (var column = 0; column < result.Length; column += Lanes.Count)
            Rotation.Multiply<TLanes>(row.Pointer, matrix.Pointer + column, result.Length, result.Pointer + column);
    }

    protected override void Solve(in RowSystem system, float* destination) => Exact.Solve(system, destination);

    protected override bool Improve(in RowSystem system, float* destination)
    {
        if (_gradient.TryImprove(system, destination, out var moved)) return moved;
        Exact.Solve(system, destination);
        return true;
    }
}
