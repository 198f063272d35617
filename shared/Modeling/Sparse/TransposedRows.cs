using System.Numerics;
using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Sparse;

/// <summary>
/// The columns of a matrix as rows, in 4 bytes per cell: the cell's row number and, in the bits that it leaves free, a code of the value. As
/// long as there are no more distinct values than codes (65,536 at most) nothing is lost; otherwise values are rounded to levels that are evenly
/// spread over their logarithms, by 0.01 % at most with a million rows and values from 0.1 to 100.
/// </summary>
internal sealed class TransposedRows : InteractionRows
{
    private const int MostCodeBits = 16;
    private const int MostBlocks = 8;

    private readonly long[] _offsets;
    private readonly uint[] _cells;
    private readonly int _codeBits;
    private readonly float[] _confidences;

    /// <param name="matrix">Whose columns.</param>
    /// <param name="settings">Turn values into confidences.</param>
    /// <param name="threads">Threads at most; 0: one per processor. Never changes the result.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public TransposedRows(InteractionMatrix matrix, FoldInSettings settings, int threads = 0, CancellationToken cancellationToken = default)
    {
        _codeBits = Math.Min(MostCodeBits, BitOperations.LeadingZeroCount((uint)Math.Max(matrix.RowCount - 1, 0)));
        var codes = ValueCodes.Of(matrix, 1 << _codeBits);
        _confidences = new float[codes.Values.Length];
        settings.ConfidencesOf(codes.Values, _confidences);
        _offsets = new long[matrix.ColumnCount + 1];
        _cells = GC.AllocateUninitializedArray<uint>(checked((int)matrix.Count));
        var blocks = Math.Min(MostBlocks, threads > 0 ? threads : Environment.ProcessorCount);
        var starts = BlocksOf(matrix, blocks);
        var places = new int[blocks][];
        RowWorkers.Run(blocks, 1, threads, static () => 0, (_, block, _) => places[block] = LengthsWithin(matrix, starts[block], starts[block + 1]), cancellationToken);
        for (var (column, at) = (0, 0); column < matrix.ColumnCount; column++)
        {
            foreach (var block in places) (block[column], at) = (at, at + block[column]);
            _offsets[column + 1] = at;
        }

        RowWorkers.Run(
            blocks, 1, threads, static () => 0, (_, block, _) => Scatter(matrix, codes, starts[block], starts[block + 1], places[block]), cancellationToken);
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

    // Where each of some blocks of rows with about equally many cells begins, and the end.
    private static int[] BlocksOf(InteractionMatrix matrix, int blocks)
    {
        var starts = new int[blocks + 1];
        var cells = 0L;
        for (var (row, block) = (0, 1); block <= blocks; starts[block++] = row)
        {
            for (; row < matrix.RowCount && (block == blocks || cells < matrix.Count * block / blocks); row++) cells += matrix.RowLength(row);
        }

        return starts;
    }

    private static int[] LengthsWithin(InteractionMatrix matrix, int from, int to)
    {
        var lengths = new int[matrix.ColumnCount];
        for (var row = from; row < to; row++)
        {
            foreach (var column in matrix.RowColumns(row)) lengths[column]++;
        }

        return lengths;
    }

    // A block's cells of a column follow those of the blocks before, so columns come out in the order of the rows.
    private void Scatter(InteractionMatrix matrix, ValueCodes codes, int from, int to, int[] places)
    {
        for (var row = from; row < to; row++)
        {
            var columns = matrix.RowColumns(row);
            var cell = (uint)row << _codeBits;
            if (codes.Values.Length == 1)
            {
                foreach (var column in columns) _cells[places[column]++] = cell;
                continue;
            }

            var values = matrix.RowValues(row);
            for (var i = 0; i < columns.Length; i++) _cells[places[columns[i]]++] = cell | codes.CodeOf(values[i]);
        }
    }
}
