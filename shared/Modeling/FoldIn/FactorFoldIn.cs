using System.Collections.Concurrent;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.FoldIn;

/// <summary>
/// Solves one row of factors, a viewer's or a video's, from its interactions against the fixed factors of the other side: the trainer's exact
/// half-step, bit for bit. Safe for concurrent use; allocates nothing in the steady state.
/// </summary>
internal sealed class FactorFoldIn
{
    private readonly FoldInSettings _settings;
    private readonly PrincipalAxes _axes;
    private readonly FactorTable _others;
    private readonly double[] _diagonal;
    private readonly ConcurrentBag<HalfStepWorker> _workers = [];

    /// <param name="others">rows x factors, row-major; copied.</param>
    /// <param name="factors">Length of a row.</param>
    /// <param name="settings">The equations.</param>
    /// <param name="threads">Threads at most for the gram matrix; 0: one per processor.</param>
    /// <param name="cancellationToken">Stops the preparation.</param>
    public FactorFoldIn(ReadOnlyMemory<float> others, int factors, FoldInSettings settings, int threads, CancellationToken cancellationToken)
    {
        (_settings, Factors, Count) = (settings, factors, others.Length / factors);
        _axes = PrincipalAxes.Of(Gram.Of(others, factors, threads, cancellationToken), factors);
        _others = new FactorTable(Count, factors);
        for (var row = 0; row < Count; row++) others.Span.Slice(row * factors, factors).CopyTo(_others.Row(row));
        Rotation.Apply(_others, _axes.Rotation, threads, cancellationToken);
        _diagonal = Array.ConvertAll(_axes.Values, v => settings.UnobservedWeight * v);
    }

    /// <summary>As the constructor, with checks, on all processors.</summary>
    /// <exception cref="ArgumentException">The length of <paramref name="others"/> is no multiple of <paramref name="factors"/>.</exception>
    public static FactorFoldIn Create(ReadOnlyMemory<float> others, int factors, FoldInSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factors);
        if (others.Length % factors != 0) throw new ArgumentException($"{others.Length} numbers are no whole rows of {factors} factors.", nameof(others));
        return new FactorFoldIn(others, factors, settings, threads: 0, CancellationToken.None);
    }

    public int Factors { get; }

    /// <summary>Rows of the other side.</summary>
    public int Count { get; }

    /// <summary>Throws where a row's interactions make no sense.</summary>
    /// <param name="columns">Rows of the other side.</param>
    /// <param name="values">A value per column.</param>
    /// <param name="destination">Receives the factors.</param>
    /// <param name="others">What the other side's rows are called.</param>
    public void Check(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, ReadOnlySpan<float> destination, string others)
    {
        if (columns.Length != values.Length) throw new ArgumentException($"There are {columns.Length} {others} but {values.Length} values.", nameof(values));
        if (destination.Length != Factors) throw new ArgumentException($"A vector has {Factors} factors, not {destination.Length}.", nameof(destination));
        for (var i = 0; i < columns.Length; i++)
        {
            if ((uint)columns[i] >= (uint)Count) throw new ArgumentOutOfRangeException(others, columns[i], $"Numbers of {others} go from 0 to {Count - 1}.");
            if (!(values[i] > 0f) || !float.IsFinite(values[i])) throw new ArgumentOutOfRangeException(nameof(values), values[i], "A value must be finite and above zero.");
        }
    }

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

        if (!_workers.TryTake(out var worker)) worker = HalfStepWorker.Create(Factors, new RowEffort(Steps: 0));
        columns.CopyTo(worker.Columns(columns.Length));
        _settings.ConfidencesOf(values, worker.Confidences(columns.Length));
        var ridge = _settings.Ridge(columns.Length, share, Count);
        worker.Solve(_others, columns.Length, _diagonal, share, ridge, _axes.Back, destination);
        _workers.Add(worker);
    }
}
