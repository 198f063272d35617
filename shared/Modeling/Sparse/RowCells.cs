using System.Runtime.InteropServices;

namespace Recommender.Modeling.Sparse;

/// <summary>The cells of one row in the order of their arrival, until they are sorted and merged.</summary>
internal sealed class RowCells(DuplicatePolicy duplicates, bool hasTimes)
{
    private readonly List<int> _columns = [];
    private readonly List<float> _values = [];
    private readonly List<uint> _times = [];
    private long[] _keys = [];
    private float[] _arrivedValues = [];
    private uint[] _arrivedTimes = [];
    private bool _isSorted = true;

    public ReadOnlySpan<int> Columns => CollectionsMarshal.AsSpan(_columns);

    public ReadOnlySpan<float> Values => CollectionsMarshal.AsSpan(_values);

    public ReadOnlySpan<uint> Times => CollectionsMarshal.AsSpan(_times);

    public void Add(int column, float value, uint time)
    {
        if (_columns.Count > 0 && column <= _columns[^1]) _isSorted = false;
        _columns.Add(column);
        _values.Add(value);
        if (hasTimes) _times.Add(time);
    }

    public void Clear()
    {
        _columns.Clear();
        _values.Clear();
        _times.Clear();
        _isSorted = true;
    }

    /// <summary>Sorts the cells by column, and merges those of one column as the policy says.</summary>
    /// <returns>Number of cells that are left.</returns>
    public int Merge()
    {
        if (_isSorted) return _columns.Count;
        var count = _columns.Count;
        if (_keys.Length < count) (_keys, _arrivedValues, _arrivedTimes) = (new long[2 * count], new float[2 * count], new uint[2 * count]);
        for (var i = 0; i < count; i++) _keys[i] = ((long)_columns[i] << 32) | (uint)i;
        _keys.AsSpan(0, count).Sort();
        _values.CopyTo(_arrivedValues);
        _times.CopyTo(_arrivedTimes);
        var written = 0;
        for (var i = 0; i < count; i++)
        {
            var (column, arrival) = ((int)(_keys[i] >> 32), (int)(uint)_keys[i]);
            if (written == 0 || _columns[written - 1] != column) Write(written++, column, arrival);
            else MergeInto(written - 1, arrival);
        }

        return written;
    }

    private void Write(int at, int column, int arrival)
    {
        (_columns[at], _values[at]) = (column, _arrivedValues[arrival]);
        if (hasTimes) _times[at] = _arrivedTimes[arrival];
    }

    private void MergeInto(int at, int arrival)
    {
        var added = _arrivedValues[arrival];
        _values[at] = duplicates switch
        {
            DuplicatePolicy.Sum => Math.Min(_values[at] + added, float.MaxValue),
            DuplicatePolicy.Max => Math.Max(_values[at], added),
            _ => added,
        };
        if (hasTimes) _times[at] = duplicates == DuplicatePolicy.Last ? _arrivedTimes[arrival] : Math.Max(_times[at], _arrivedTimes[arrival]);
    }
}
