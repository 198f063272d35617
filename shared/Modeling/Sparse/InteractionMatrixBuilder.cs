using System.Diagnostics.CodeAnalysis;

namespace Recommender.Modeling.Sparse;

/// <summary>
/// Collects cells and turns them into an <see cref="InteractionMatrix"/>. Cells that come row by row (columns in any order) are final at once: 8
/// bytes per cell, 4 more with times, 4 less while all values are the same. Once a cell of an earlier row comes, rows are kept as well: 4 bytes more
/// per cell, and 8 more while the matrix is built. Not safe for concurrent use; gives one matrix.
/// </summary>
/// <param name="duplicates">What to do with a second value for the same cell; its time is the later of both, except under Last.</param>
/// <param name="timeKind">What the times given to <see cref="Add"/> mean; with None they are not kept.</param>
public sealed class InteractionMatrixBuilder(DuplicatePolicy duplicates = DuplicatePolicy.Max, TimeKind timeKind = TimeKind.None)
{
    private readonly RowCells _row = new(duplicates, timeKind != TimeKind.None);
    private readonly CellColumn<int> _columns = new();
    private readonly CellColumn<uint>? _times = timeKind == TimeKind.None ? null : new();
    private readonly List<long> _ends = [];
    private CellColumn<int>? _rows;
    private CellColumn<float>? _values;
    private float _value = float.NaN;
    private long _added;
    private long _kept;
    private int _currentRow;
    private int _maxRow = -1;
    private int _maxColumn = -1;
    private bool _isBuilt;

    /// <summary>Number of cells added so far, duplicates included.</summary>
    public long Count => _added;

    /// <summary>Adds a cell.</summary>
    /// <param name="row">Row, from 0.</param>
    /// <param name="column">Column, from 0.</param>
    /// <param name="value">Finite and above zero.</param>
    /// <param name="time">Time or order of the cell, as <see cref="TimeKind"/> says.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative index, or a value that is not finite and above zero.</exception>
    /// <exception cref="InvalidOperationException">More cells than a matrix holds, or the matrix was built already.</exception>
    public void Add(int row, int column, float value = 1f, uint time = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        if (!(value > 0f) || !float.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "The value of a cell must be finite and above zero.");
        if (_isBuilt) throw new InvalidOperationException("The matrix was built already; a builder gives one.");
        if (_added == Array.MaxLength) throw new InvalidOperationException($"A matrix holds at most {Array.MaxLength} cells.");
        _added++;
        _maxRow = Math.Max(_maxRow, row);
        _maxColumn = Math.Max(_maxColumn, column);
        if (_rows is null && row >= _currentRow)
        {
            if (row > _currentRow) EndRows(row);
            _row.Add(column, value, time);
            return;
        }

        if (_rows is null) KeepRows();
        _rows!.Add(row);
        Keep(column, value, time);
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

    /// <summary>The matrix of all cells added.</summary>
    /// <param name="rowCount">Rows of the result; every added row must be below it.</param>
    /// <param name="columnCount">Columns of the result; every added column must be below it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shape is too small for a cell that was added.</exception>
    /// <exception cref="InvalidOperationException">The matrix was built already.</exception>
    public InteractionMatrix Build(int rowCount, int columnCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(rowCount, _maxRow);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(columnCount, _maxColumn);
        if (_isBuilt) throw new InvalidOperationException("The matrix was built already; a builder gives one.");
        _isBuilt = true;
        if (_rows is not null) return BuildSorted(rowCount, columnCount);
        EndRows(rowCount);
        var count = (int)_kept;
        return new InteractionMatrix(
            columnCount, [0, .. _ends], _columns.ToArray(count), _values?.ToArray(count), _value, _times?.ToArray(count), timeKind);
    }

    // A counting sort by row that keeps the order of arrival, then each row by itself, closing the gaps that duplicates leave.
    private InteractionMatrix BuildSorted(int rowCount, int columnCount)
    {
        if (duplicates == DuplicatePolicy.Sum) KeepValues();
        var rows = _rows!.ToArray((int)_kept);
        var offsets = new long[rowCount + 1];
        foreach (var row in rows) offsets[row + 1]++;
        for (var row = 0; row < rowCount; row++) offsets[row + 1] += offsets[row];
        var next = new long[rowCount];
        var columns = Scatter(_columns, rows, offsets, next);
        var values = _values is null ? null : Scatter(_values, rows, offsets, next);
        var times = _times is null ? null : Scatter(_times, rows, offsets, next);
        long written = 0, from = 0;
        for (var row = 0; row < rowCount; row++)
        {
            var to = offsets[row + 1];
            for (; from < to; from++) _row.Add(columns[from], values is null ? _value : values[from], times is null ? 0 : times[from]);
            var merged = _row.Merge();
            for (var i = 0; i < merged; i++, written++)
            {
                columns[written] = _row.Columns[i];
                if (values is not null) values[written] = _row.Values[i];
                if (times is not null) times[written] = _row.Times[i];
            }

            _row.Clear();
            offsets[row + 1] = written;
        }

        return new InteractionMatrix(columnCount, offsets, Cut(columns, written), Cut(values, written), _value, Cut(times, written), timeKind);
    }

    private static T[] Scatter<T>(CellColumn<T> column, int[] rows, long[] offsets, long[] next)
        where T : unmanaged
    {
        Array.Copy(offsets, next, next.Length);
        var result = GC.AllocateUninitializedArray<T>(rows.Length);
        var at = 0;
        column.Drain(piece =>
        {
            foreach (var value in piece) result[next[rows[at++]]++] = value;
        });
        return result;
    }

    [return: NotNullIfNotNull(nameof(values))]
    private static T[]? Cut<T>(T[]? values, long length)
    {
        if (values is not null && values.Length != length) Array.Resize(ref values, (int)length);
        return values;
    }

    // Rows up to the given one are complete.
    private void EndRows(int row)
    {
        var count = _row.Merge();
        for (var i = 0; i < count; i++) Keep(_row.Columns[i], _row.Values[i], _row.Times.IsEmpty ? 0 : _row.Times[i]);
        _row.Clear();
        for (; _currentRow < row; _currentRow++) _ends.Add(_kept);
    }

    private void Keep(int column, float value, uint time)
    {
        _columns.Add(column);
        _times?.Add(time);
        if (_kept == 0) _value = value;
        if (value != _value) KeepValues();
        _values?.Add(value);
        _kept++;
    }

    private void KeepValues()
    {
        if (_values is not null) return;
        _values = new CellColumn<float>();
        _values.AddMany(_value, _kept);
    }

    private void KeepRows()
    {
        EndRows(_currentRow + 1);
        _rows = new CellColumn<int>();
        var start = 0L;
        for (var row = 0; row < _ends.Count; row++)
        {
            _rows.AddMany(row, _ends[row] - start);
            start = _ends[row];
        }
    }
}
