using System.Collections.Concurrent;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.FoldIn;

/// <summary>
/// Solves one row of factors, a viewer's or a video's, from its interactions against the fixed factors of the other side: the trainer's exact
/// half-step, bit for bit. Safe for concurrent use; allocates nothing in the steady state.
/// </summary>
internal sealed unsafe class FactorFoldIn
{
    // How far from diagonal a gram matrix may be, beside the smallest ridge, to count as diagonal: rounding is well below, a difference well above.
    private const double Tolerance = 1e-4;

    private readonly ReadOnlyMemory<float> _others;
    private readonly FoldInSettings _settings;
    private readonly PrincipalAxes? _axes;
    private readonly FactorTable? _rotated;
    private readonly double[] _diagonal;
    private readonly ConcurrentBag<HalfStepWorker> _workers = [];

    /// <param name="others">rows x factors, row-major; kept. Copied only when their gram matrix is not diagonal.</param>
    /// <param name="factors">Length of a row.</param>
    /// <param name="settings">The equations.</param>
    /// <param name="threads">Threads at most for the gram matrix; 0: one per processor.</param>
    /// <param name="cancellationToken">Stops the preparation.</param>
    public FactorFoldIn(ReadOnlyMemory<float> others, int factors, FoldInSettings settings, int threads, CancellationToken cancellationToken)
    {
        (_others, _settings, Factors, Count) = (others, settings, factors, others.Length / factors);
        var gram = Gram.Of(others, factors, threads, cancellationToken);
        if (IsDiagonal(gram))
        {
            _diagonal = new double[factors];
            for (var i = 0; i < factors; i++) _diagonal[i] = settings.UnobservedWeight * gram[(i * factors) + i];
            return;
        }

        _axes = PrincipalAxes.Of(gram, factors);
        _rotated = new FactorTable(Count, factors);
        for (var row = 0; row < Count; row++) others.Span.Slice(row * factors, factors).CopyTo(_rotated.Row(row));
        Rotation.Apply(_rotated, _axes.Rotation, threads, cancellationToken);
        _diagonal = Array.ConvertAll(_axes.Values, v => settings.UnobservedWeight * v);
    }

    public int Factors { get; }

    /// <summary>Rows of the other side.</summary>
    public int Count { get; }

    /// <summary>Solves a row; zeros when there is no interaction.</summary>
    /// <param name="columns">Distinct rows of the other side.</param>
    /// <param name="values">A value per column, finite and above zero.</param>
    /// <param name="share">The row's own factor of the weight of unobserved pairs.</param>
    /// <param name="destination">Length <see cref="Factors"/>.</param>
    public void Solve(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, float share, Span<float> destination)
    {
        if (columns.IsEmpty)
        {
            destination.Clear();
            return;
        }

        if (!_workers.TryTake(out var worker)) worker = HalfStepWorker.Create(Factors, steps: 0);
        columns.CopyTo(worker.Columns(columns.Length));
        _settings.ConfidencesOf(values, worker.Confidences(columns.Length));
        var ridge = _settings.Ridge(columns.Length, share, Count);
        fixed (float* others = _others.Span)
        fixed (float* result = destination)
        {
            var source = _rotated is null ? others : _rotated.Pointer;
            worker.Solve(source, _rotated?.Stride ?? Factors, columns.Length, _diagonal, share, ridge, result);
        }

        _axes?.Return(destination);
        _workers.Add(worker);
    }

    private bool IsDiagonal(double[] gram)
    {
        var ridge = (double)_settings.Ridge(1, 1f, Count);
        for (var i = 0; i < Factors; i++)
        {
            for (var j = 0; j < i; j++)
            {
                double Size(int at) => (_settings.UnobservedWeight * gram[(at * Factors) + at]) + ridge;
                if (!(Math.Abs(_settings.UnobservedWeight * gram[(i * Factors) + j]) <= Tolerance * Math.Sqrt(Size(i) * Size(j)))) return false;
            }
        }

        return true;
    }
}
