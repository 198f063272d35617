using System.Numerics;
using Recommender.Modeling.FoldIn;

namespace Recommender.Modeling.Sparse;

/// <summary>
/// The columns of a matrix as rows, in 4 bytes per cell: the cell's row number and, in the bits that it leaves free, a code of the value. As
/// long as there are no more distinct values than codes (65,536 at most) nothing is lost; otherwise values are rounded to levels that are evenly
/// spread over their logarithms, by 0.01 % at most with a million rows and values from 0.1 to 100.
/// </summary>
internal sealed class TransposedRows : InteractionRows
{
    private const int MostCodeBits = 16;

    private readonly long[] _offsets;
    private readonly uint[] _cells;
    private readonly int _codeBits;
    private readonly float[] _confidences;

    public TransposedRows(InteractionMatrix matrix, FoldInSettings settings)
    {
        _codeBits = Math.Min(MostCodeBits, BitOperations.LeadingZeroCount((uint)Math.Max(matrix.RowCount - 1, 0)));
        var codes = ValueCodes.Of(matrix, 1 << _codeBits);
        _confidences = new float[codes.Values.Length];
        settings.ConfidencesOf(codes.Values, _confidences);
        _offsets = new long[matrix.ColumnCount + 1];
        var lengths = matrix.ColumnLengths();
        for (var column = 0; column < lengths.Length; column++) _offsets[column + 1] = _offsets[column] + lengths[column];
        _cells = GC.AllocateUninitializedArray<uint>(checked((int)matrix.Count));
        var next = _offsets.AsSpan(0, matrix.ColumnCount).ToArray();
        for (var row = 0; row < matrix.RowCount; row++)
        {
            var columns = matrix.RowColumns(row);
            var values = matrix.RowValues(row);
            for (var i = 0; i < columns.Length; i++) _cells[next[columns[i]]++] = ((uint)row << _codeBits) | codes.CodeOf(values[i]);
        }
    }

    public override int RowCount => _offsets.Length - 1;

    public override int RowLength(int row) => (int)(_offsets[row + 1] - _offsets[row]);

    public override void Read(int row, Span<int> columns, Span<float> confidences)
    {
        var cells = _cells.AsSpan((int)_offsets[row], columns.Length);
        var mask = (1u << _codeBits) - 1;
        for (var i = 0; i < cells.Length; i++)
        {
            columns[i] = (int)(cells[i] >> _codeBits);
            confidences[i] = _confidences[cells[i] & mask];
        }
    }
}
