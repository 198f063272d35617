namespace Recommender.Modeling.Sparse;

/// <summary>
/// Collects cells in any order and turns them into an <see cref="InteractionMatrix"/>; 12 bytes per added cell (16 with times).
/// Not safe for concurrent use.
/// </summary>
/// <param name="duplicates">What to do with a second value for the same cell; its time is the later of both, except under Last.</param>
/// <param name="timeKind">What the times given to <see cref="Add"/> mean; with None they are not kept.</param>
public sealed class InteractionMatrixBuilder(DuplicatePolicy duplicates = DuplicatePolicy.Max, TimeKind timeKind = TimeKind.None)
{
    private readonly List<int> _rows = [];
    private readonly List<int> _columns = [];
    private readonly List<float> _values = [];
    private readonly List<uint>? _times = timeKind == TimeKind.None ? null : [];
    private int _maxRow = -1;
    private int _maxColumn = -1;

    /// <summary>Number of cells added so far, duplicates included.</summary>
    public long Count => _rows.Count;

    /// <summary>Adds a cell.</summary>
    /// <param name="row">Row, from 0.</param>
    /// <param name="column">Column, from 0.</param>
    /// <param name="value">Finite and above zero.</param>
    /// <param name="time">Time or order of the cell, as <see cref="TimeKind"/> says.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative index, or a value that is not finite and above zero.</exception>
    public void Add(int row, int column, float value = 1f, uint time = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        if (!(value > 0f) || !float.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "The value of a cell must be finite and above zero.");
        _rows.Add(row);
        _columns.Add(column);
        _values.Add(value);
        _times?.Add(time);
        _maxRow = Math.Max(_maxRow, row);
        _maxColumn = Math.Max(_maxColumn, column);
    }

    /// <summary>Adds every cell of <paramref name="matrix"/>.</summary>
    public void AddAll(InteractionMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        for (var row = 0; row < matrix.RowCount; row++)
        {
            var columns = matrix.RowColumns(row);
            var values = matrix.RowValues(row);
            var times = matrix.RowTimes(row);
            for (var i = 0; i < columns.Length; i++) Add(row, columns[i], values[i], times.IsEmpty ? 0 : times[i]);
        }
    }

    /// <summary>The matrix of all cells added so far.</summary>
    /// <param name="rowCount">Rows of the result; every added row must be below it.</param>
    /// <param name="columnCount">Columns of the result; every added column must be below it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shape is too small for a cell that was added.</exception>
    public InteractionMatrix Build(int rowCount, int columnCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(rowCount, _maxRow);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(columnCount, _maxColumn);
        var starts = new long[rowCount + 1];
        foreach (var row in _rows) starts[row + 1]++;
        for (var r = 0; r < rowCount; r++) starts[r + 1] += starts[r];

        // A counting sort by row that keeps the order of arrival, then a sort by (column, arrival) within each row.
        var order = new int[_rows.Count];
        var next = starts.AsSpan(0, rowCount).ToArray();
        for (var i = 0; i < order.Length; i++) order[next[_rows[i]]++] = i;

        var offsets = new long[rowCount + 1];
        var columns = new int[order.Length];
        var values = new float[order.Length];
        var times = _times is null ? null : new uint[order.Length];
        long[] keys = [];
        var written = 0;
        for (var row = 0; row < rowCount; row++)
        {
            var cells = order.AsSpan((int)starts[row], (int)(starts[row + 1] - starts[row]));
            if (keys.Length < cells.Length) keys = new long[Math.Max(cells.Length, keys.Length * 2)];
            for (var i = 0; i < cells.Length; i++) keys[i] = ((long)_columns[cells[i]] << 32) | (uint)i;
            keys.AsSpan(0, cells.Length).Sort();
            var first = written;
            for (var i = 0; i < cells.Length; i++)
            {
                var (column, cell) = ((int)(keys[i] >> 32), cells[(int)(uint)keys[i]]);
                if (written > first && columns[written - 1] == column)
                {
                    Merge(ref values[written - 1], _values[cell]);
                    if (times is not null) times[written - 1] = duplicates == DuplicatePolicy.Last ? _times![cell] : Math.Max(times[written - 1], _times![cell]);
                    continue;
                }

                columns[written] = column;
                values[written] = _values[cell];
                if (times is not null) times[written] = _times![cell];
                written++;
            }

            offsets[row + 1] = written;
        }

        if (written < columns.Length)
        {
            Array.Resize(ref columns, written);
            Array.Resize(ref values, written);
            if (times is not null) Array.Resize(ref times, written);
        }

        return new InteractionMatrix(columnCount, offsets, columns, values, times, timeKind);
    }

    private void Merge(ref float kept, float added) => kept = duplicates switch
    {
        DuplicatePolicy.Sum => Math.Min(kept + added, float.MaxValue),
        DuplicatePolicy.Max => Math.Max(kept, added),
        _ => added,
    };
}
