using Microsoft.ML.OnnxRuntime;
using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Onnx.Devices;
using Recommender.Modeling.Onnx.Graphs;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Onnx.Ials;

/// <summary>The half-steps of <see cref="OnnxIalsTrainer"/>.</summary>
internal sealed class OnnxIalsSolver : IDisposable
{
    private readonly OnnxIalsParameters _parameters;
    private readonly OnnxDevice _device;
    private readonly CancellationToken _cancellationToken;
    private readonly FoldInSettings _settings;
    private readonly int _k;
    private readonly GraphRun _whole;
    private readonly GraphRun _solve;
    private readonly SegmentedSums _sums;

    /// <param name="parameters">With a number for every parameter.</param>
    /// <param name="device">What computes.</param>
    /// <param name="cancellationToken">Stops a half-step.</param>
    public OnnxIalsSolver(OnnxIalsParameters parameters, OnnxDevice device, CancellationToken cancellationToken)
    {
        (_parameters, _device, _cancellationToken) = (parameters, device, cancellationToken);
        (_settings, _k) = (parameters.Ials.FoldIn, parameters.Ials.Factors);
        _whole = new GraphRun(device.Load(HalfStepGraphs.Whole(_k)));
        _solve = new GraphRun(device.Load(HalfStepGraphs.Solve(_k)));
        _sums = new SegmentedSums(new GraphRun(device.Load(HalfStepGraphs.Accumulate(_k))), device, _settings, cancellationToken);
    }

    /// <summary>Solves every row of <paramref name="target"/> against <paramref name="source"/>.</summary>
    /// <param name="interactions">target's rows x source's rows.</param>
    /// <param name="source">The other side.</param>
    /// <param name="target">Where each row's search begins, and its solution; zeros without an interaction.</param>
    /// <param name="shares">Each row's own weight of the unobserved pairs; null: 1.</param>
    public void HalfStep(InteractionMatrix interactions, FactorMatrix source, FactorMatrix target, float[]? shares)
    {
        var plan = MemoryPlan.For((long)_parameters.DeviceMemoryMb << 20, source.RowCount, _k, _device.IsGpu);
        var scaledGram = Array.ConvertAll(
            Gram.Of(source.Array, _k, _parameters.Ials.Threads, _cancellationToken), sum => (float)(_settings.UnobservedWeight * sum));
        using var gram = OrtValue.CreateTensorValueFromMemory(scaledGram, [_k, _k]);
        using var tolerance = OrtValue.CreateTensorValueFromMemory(new[] { (float)(_parameters.CgTolerance * _parameters.CgTolerance) }, []);
        using var steps = OrtValue.CreateTensorValueFromMemory(new[] { (long)_parameters.CgSteps }, []);
        foreach (var run in (GraphRun[])[_whole, _solve])
        {
            run.Bind(HalfStepGraphs.Gram, gram);
            run.Bind(HalfStepGraphs.Tolerance, tolerance);
            run.Bind(HalfStepGraphs.Steps, steps);
        }

        // Bound once, the factors lie on the device for all runs.
        using var factors = FactorTiles.ValueOf(source, 0, plan.TileRows);
        if (plan.TileRows >= source.RowCount) _whole.Bind(HalfStepGraphs.Factors, factors);
        for (var row = 0; row < target.RowCount; row++)
        {
            if (interactions.RowLength(row) == 0) target.WritableRow(row).Clear();
        }

        FactorFoldIn? exact = null;
        foreach (var batch in RowBatches.Of(interactions, plan))
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var solution = Solve(batch, plan, interactions, source, target, shares);
            for (var i = 0; i < batch.Rows.Length; i++)
            {
                var row = batch.Rows.Span[i];
                var found = solution.AsSpan(i * _k, _k);
                if (IsFinite(found))
                {
                    found.CopyTo(target.WritableRow(row));
                    continue;
                }

                // Numbers beyond what float32 can tell apart: the exact solver on the host knows what to do.
                exact ??= new FactorFoldIn(source.Array, _k, _settings, _parameters.Ials.Threads, _cancellationToken);
                exact.Solve(interactions.RowColumns(row), interactions.RowValues(row), shares?[row] ?? 1f, target.WritableRow(row));
            }
        }

        _whole.Clear();
        _solve.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _whole.Dispose();
        _solve.Dispose();
        _sums.Dispose();
    }

    private float[] Solve(RowBatch batch, MemoryPlan plan, InteractionMatrix interactions, FactorMatrix source, FactorMatrix target, float[]? shares)
    {
        var count = batch.Rows.Length;
        var (rowShares, ridges, start, solution) = (new float[count], new float[count], new float[count * _k], new float[count * _k]);
        for (var i = 0; i < count; i++)
        {
            var row = batch.Rows.Span[i];
            rowShares[i] = shares?[row] ?? 1f;
            ridges[i] = _settings.Ridge(interactions.RowLength(row), rowShares[i], source.RowCount);
            target.Row(row).CopyTo(start.AsSpan(i * _k));
        }

        using var shareValue = OrtValue.CreateTensorValueFromMemory(rowShares, [count, 1, 1]);
        using var ridgeValue = OrtValue.CreateTensorValueFromMemory(ridges, [count, 1, 1]);
        using var startValue = OrtValue.CreateTensorValueFromMemory(start, [count, 1, _k]);
        using var solutionValue = OrtValue.CreateTensorValueFromMemory(solution, [count, 1, _k]);
        var isWhole = batch.Segment >= batch.Length && plan.TileRows >= source.RowCount;
        var run = isWhole ? _whole : _solve;
        run.Bind(HalfStepGraphs.Shares, shareValue);
        run.Bind(HalfStepGraphs.Ridges, ridgeValue);
        run.Bind(HalfStepGraphs.Start, startValue);
        run.BindOutput(HalfStepGraphs.Solution, solutionValue);
        if (isWhole)
        {
            using var cells = PaddedCells.Of(batch.Rows.Span, interactions, _settings, batch.Length);
            run.Bind(HalfStepGraphs.Columns, cells.Columns);
            run.Bind(HalfStepGraphs.Confidences, cells.Confidences);
            run.Run();
        }
        else
        {
            using var sums = _sums.Of(batch, plan, interactions, source);
            run.Bind(HalfStepGraphs.Outer, sums.Outer);
            run.Bind(HalfStepGraphs.Right, sums.Right);
            run.Run();
        }

        return solution;
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
