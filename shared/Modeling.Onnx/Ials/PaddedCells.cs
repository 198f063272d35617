using Microsoft.ML.OnnxRuntime;
using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Onnx.Ials;

/// <summary>Interactions of some rows as two tensors [rows, length], padded with confidence 0.</summary>
internal sealed class PaddedCells : IDisposable
{
    private readonly int[] _columns;
    private readonly float[] _confidences;
    private readonly int _length;

    private PaddedCells(int rows, int length)
    {
        (_columns, _confidences, _length) = (new int[rows * length], new float[rows * length], length);
        Columns = OrtValue.CreateTensorValueFromMemory(_columns, [rows, length]);
        Confidences = OrtValue.CreateTensorValueFromMemory(_confidences, [rows, length]);
    }

    /// <summary>Columns, int32.</summary>
    public OrtValue Columns { get; }

    /// <summary>Confidences, float32.</summary>
    public OrtValue Confidences { get; }

    /// <summary>All interactions of rows that have at most <paramref name="length"/>.</summary>
    public static PaddedCells Of(ReadOnlySpan<int> rows, InteractionMatrix interactions, FoldInSettings settings, int length)
    {
        var cells = new PaddedCells(rows.Length, length);
        for (var i = 0; i < rows.Length; i++) cells.Write(i, interactions.RowColumns(rows[i]), interactions.RowValues(rows[i]), 0, settings);
        return cells;
    }

    /// <summary>Those interactions of each row that its range names, with columns counted from <paramref name="firstColumn"/>.</summary>
    public static PaddedCells Of(
        ReadOnlySpan<int> rows, ReadOnlySpan<Range> ranges, InteractionMatrix interactions, FoldInSettings settings, int firstColumn, int length)
    {
        var cells = new PaddedCells(rows.Length, length);
        for (var i = 0; i < rows.Length; i++)
            cells.Write(i, interactions.RowColumns(rows[i])[ranges[i]], interactions.RowValues(rows[i])[ranges[i]], firstColumn, settings);
        return cells;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Columns.Dispose();
        Confidences.Dispose();
    }

    private void Write(int row, ReadOnlySpan<int> columns, ReadOnlySpan<float> values, int firstColumn, FoldInSettings settings)
    {
        var at = row * _length;
        for (var i = 0; i < columns.Length; i++)
        {
            _columns[at + i] = columns[i] - firstColumn;
            _confidences[at + i] = settings.ConfidenceOf(values[i]);
        }
    }
}
