using Recommender.Modeling.FoldIn;

namespace Recommender.Modeling.Numerics;

/// <summary>
/// The exact half-step of implicit ALS for one row: solves (scaledGram + sum c v v' + ridge I) x = sum c v by Cholesky
/// (Hu, Koren, Volinsky 2008). Holds the workspace, allocates nothing per row. One thread at a time.
/// </summary>
internal abstract class RowSolver
{
    public static RowSolver Create(int factors, FoldInSettings settings) => Lanes.Dispatch<Creation, RowSolver>(new Creation(factors, settings));

    /// <param name="columns">The other side's rows that this row interacted with.</param>
    /// <param name="values">A value per column; its confidence is what the settings make of it.</param>
    /// <param name="others">The other side's factors, row-major.</param>
    /// <param name="otherCount">Rows of the other side.</param>
    /// <param name="scaledGram">unobserved_weight * others' * others, padded as <see cref="Gram"/> writes it.</param>
    /// <param name="share">Factor of <paramref name="scaledGram"/>: this row's own weight of the unobserved pairs.</param>
    /// <param name="destination">The row's new factors; zeros when there is no column.</param>
    public abstract void Solve(
        ReadOnlySpan<int> columns, ReadOnlySpan<float> values, ReadOnlySpan<float> others, int otherCount, AlignedBuffer scaledGram, float share, Span<float> destination);

    private readonly struct Creation(int factors, FoldInSettings settings) : ILanesWork<RowSolver>
    {
        public RowSolver Run<TLanes>()
            where TLanes : struct, ILanes<TLanes> => new RowSolver<TLanes>(factors, settings);
    }
}

/// <inheritdoc/>
internal sealed unsafe class RowSolver<TLanes>(int factors, FoldInSettings settings) : RowSolver
    where TLanes : struct, ILanes<TLanes>
{
    private const int PanelRows = 64;

    private readonly int _stride = Lanes.RoundUp(factors);
    private readonly AlignedBuffer _matrix = new(Lanes.RoundUp(factors) * Lanes.RoundUp(factors));
    private readonly AlignedBuffer _panel = new(PanelRows * Lanes.RoundUp(factors));
    private readonly AlignedBuffer _vector = new(Lanes.RoundUp(factors));

    public override void Solve(
        ReadOnlySpan<int> columns, ReadOnlySpan<float> values, ReadOnlySpan<float> others, int otherCount, AlignedBuffer scaledGram, float share, Span<float> destination)
    {
        if (columns.IsEmpty)
        {
            destination.Clear();
            return;
        }

        var ridge = settings.Ridge(columns.Length, share, otherCount);
        Scale(scaledGram.Pointer, share);
        for (var i = 0; i < factors; i++) _matrix.Pointer[(i * _stride) + i] += ridge;
        _vector.Span.Clear();
        for (var from = 0; from < columns.Length; from += PanelRows)
        {
            var count = Math.Min(PanelRows, columns.Length - from);
            Gather(columns.Slice(from, count), values.Slice(from, count), others);
            RankUpdate<TLanes>.Add(_matrix.Pointer, _panel.Pointer, count, _stride);
        }

        if (Cholesky<TLanes>.TrySolve(_matrix.Pointer, _vector.Pointer, _stride) && IsFinite(_vector.Span)) _vector.Span[..factors].CopyTo(destination);
        else WideSolver.Solve(columns, values, others, scaledGram.Span, share, ridge, settings, destination);
    }

    private void Scale(float* scaledGram, float share)
    {
        var scale = TLanes.Broadcast(share);
        for (var i = 0; i < _matrix.Length; i += Lanes.Count) TLanes.Multiply(TLanes.Load(scaledGram + i), scale).Store(_matrix.Pointer + i);
    }

    // The panel's rows are sqrt(c) v, so that panel' * panel is the sum of c v v'.
    private void Gather(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, ReadOnlySpan<float> others)
    {
        var panel = _panel.Pointer;
        for (var t = 0; t < columns.Length; t++, panel += _stride)
        {
            var source = others.Slice(columns[t] * factors, factors);
            source.CopyTo(new Span<float>(panel, factors));
            var confidence = settings.ConfidenceOf(values[t]);
            var (root, weight) = (TLanes.Broadcast(MathF.Sqrt(confidence)), TLanes.Broadcast(confidence));
            for (var j = 0; j < _stride; j += Lanes.Count)
            {
                var v = TLanes.Load(panel + j);
                TLanes.MultiplyAdd(weight, v, TLanes.Load(_vector.Pointer + j)).Store(_vector.Pointer + j);
                TLanes.Multiply(root, v).Store(panel + j);
            }
        }
    }

    private static bool IsFinite(ReadOnlySpan<float> vector)
    {
        foreach (var x in vector)
        {
            if (!float.IsFinite(x)) return false;
        }

        return true;
    }
}
