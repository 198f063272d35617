namespace Recommender.Modeling.Sparse;

/// <summary>
/// An immutable sparse matrix in compressed rows (CSR), usually viewers x videos with a confidence per cell.
/// Row offsets are 64-bit, columns are ascending within a row, values are finite and above zero.
/// Safe for concurrent readers. Build one with <see cref="InteractionMatrixBuilder"/>.
/// </summary>
public sealed class InteractionMatrix
{
    private readonly long[] _offsets;
    private readonly int[] _columns;
    private readonly float[]? _values;
    private readonly float _value;
    private readonly float[] _sameValues;
    private readonly uint[]? _times;

    /// <param name="columnCount">Number of columns.</param>
    /// <param name="offsets">Where each row begins, and the last one ends.</param>
    /// <param name="columns">Column of each cell.</param>
    /// <param name="values">Value of each cell; null when all are <paramref name="value"/>, which then takes memory for the longest row only.</param>
    /// <param name="value">The value of all cells, if <paramref name="values"/> is null.</param>
    /// <param name="times">Time of each cell, if there are any.</param>
    /// <param name="timeKind">What they mean.</param>
    internal InteractionMatrix(int columnCount, long[] offsets, int[] columns, float[]? values, float value, uint[]? times, TimeKind timeKind)
    {
        ColumnCount = columnCount;
        _offsets = offsets;
        _columns = columns;
        _values = values;
        _value = value;
        _times = times;
        TimeKind = times is null ? TimeKind.None : timeKind;
        _sameValues = values is null ? new float[LongestRow()] : [];
        Array.Fill(_sameValues, value);
    }

    /// <summary>Number of rows (viewers), including empty ones.</summary>
    public int RowCount => _offsets.Length - 1;

    /// <summary>Number of columns (videos), including empty ones.</summary>
    public int ColumnCount { get; }

    /// <summary>Number of stored cells.</summary>
    public long Count => _offsets[^1];

    /// <summary>The value of all cells, where they are known to have one; otherwise null.</summary>
    internal float? CommonValue => _values is null ? _value : null;

    /// <summary>Whether cells carry times, and of which kind.</summary>
    public TimeKind TimeKind { get; }

    /// <summary>A matrix of the given shape without a cell.</summary>
    public static InteractionMatrix Empty(int rowCount, int columnCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfNegative(columnCount);
        return new InteractionMatrix(columnCount, new long[rowCount + 1], [], null, 1f, null, TimeKind.None);
    }

    /// <summary>Number of cells in <paramref name="row"/>.</summary>
    public int RowLength(int row) => (int)(_offsets[row + 1] - _offsets[row]);

    /// <summary>The columns of <paramref name="row"/>, ascending and distinct.</summary>
    public ReadOnlySpan<int> RowColumns(int row) => Slice(_columns, row);

    /// <summary>The values of <paramref name="row"/>, aligned with <see cref="RowColumns"/>.</summary>
    public ReadOnlySpan<float> RowValues(int row) => _values is null ? _sameValues.AsSpan(0, RowLength(row)) : Slice(_values, row);

    /// <summary>The times of <paramref name="row"/>, aligned with <see cref="RowColumns"/>; empty when <see cref="TimeKind"/> is None.</summary>
    public ReadOnlySpan<uint> RowTimes(int row) => _times is null ? [] : Slice(_times, row);

    /// <summary>Whether the cell (<paramref name="row"/>, <paramref name="column"/>) is stored; a binary search.</summary>
    public bool Contains(int row, int column) => RowColumns(row).BinarySearch(column) >= 0;

    /// <summary>Number of stored cells per column.</summary>
    public int[] ColumnLengths()
    {
        var lengths = new int[ColumnCount];
        foreach (var column in _columns) lengths[column]++;
        return lengths;
    }

    /// <summary>The same cells as columns x rows, times included. Takes O(cells) time and a second copy of the memory.</summary>
    public InteractionMatrix Transpose()
    {
        var offsets = new long[ColumnCount + 1];
        foreach (var column in _columns) offsets[column + 1]++;
        for (var c = 0; c < ColumnCount; c++) offsets[c + 1] += offsets[c];
        var next = offsets.AsSpan(0, ColumnCount).ToArray();
        var columns = new int[_columns.Length];
        var values = _values is null ? null : new float[_values.Length];
        var times = _times is null ? null : new uint[_times.Length];
        for (var row = 0; row < RowCount; row++)
        {
            for (var at = _offsets[row]; at < _offsets[row + 1]; at++)
            {
                var to = next[_columns[at]]++;
                columns[to] = row;
                if (values is not null) values[to] = _values![at];
                if (times is not null) times[to] = _times![at];
            }
        }

        return new InteractionMatrix(RowCount, offsets, columns, values, _value, times, TimeKind);
    }

    /// <summary>The cells of this matrix that <paramref name="mask"/>, of the same shape, does not store.</summary>
    public InteractionMatrix Without(InteractionMatrix mask)
    {
        CheckShape(mask);
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Last, TimeKind);
        for (var row = 0; row < RowCount; row++)
        {
            var at = _offsets[row];
            var excluded = mask.RowColumns(row);
            foreach (var value in RowValues(row))
            {
                if (excluded.BinarySearch(_columns[at]) < 0) builder.Add(row, _columns[at], value, _times is null ? 0 : _times[at]);
                at++;
            }
        }

        return builder.Build(RowCount, ColumnCount);
    }

    /// <summary>The cells that this matrix or <paramref name="other"/>, of the same shape, stores; the larger value of both, no times.</summary>
    public InteractionMatrix Union(InteractionMatrix other)
    {
        CheckShape(other);
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Max);
        builder.AddAll(this);
        builder.AddAll(other);
        return builder.Build(RowCount, ColumnCount);
    }

    private int LongestRow()
    {
        var longest = 0;
        for (var row = 0; row < RowCount; row++) longest = Math.Max(longest, RowLength(row));
        return longest;
    }

    private void CheckShape(InteractionMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.RowCount != RowCount || other.ColumnCount != ColumnCount)
            throw new ArgumentException($"The shapes differ: {RowCount} x {ColumnCount} and {other.RowCount} x {other.ColumnCount}.", nameof(other));
    }

    private ReadOnlySpan<T> Slice<T>(T[] array, int row) => array.AsSpan((int)_offsets[row], RowLength(row));
}
