namespace Recommender.Modeling.Numerics;

/// <summary>The rows of a matrix from the longest to the shortest, in chunks of about equal cost; rows without a cell come last.</summary>
internal sealed class RowSchedule
{
    private const int MostChunks = 1024;

    // What a row costs beside its cells, in cells.
    private const long RowCost = 8;

    private readonly int[] _rows;
    private readonly int[] _starts;

    /// <param name="rowCount">Number of rows.</param>
    /// <param name="lengthOf">Cells of a row.</param>
    public RowSchedule(int rowCount, Func<int, int> lengthOf)
    {
        _rows = new int[rowCount];
        var keys = new long[rowCount];
        var left = 0L;
        for (var row = 0; row < rowCount; row++)
        {
            var length = lengthOf(row);
            keys[row] = ((long)(int.MaxValue - length) << 32) | (uint)row;
            left += length + RowCost;
        }

        Array.Sort(keys);
        var (target, filled) = (Math.Max(left / MostChunks, 1), 0L);
        var starts = new List<int> { 0 };
        for (var at = 0; at < rowCount; at++)
        {
            _rows[at] = (int)(uint)keys[at];
            filled += int.MaxValue - (keys[at] >> 32) + RowCost;
            if (filled < target && at < rowCount - 1) continue;
            starts.Add(at + 1);
            filled = 0;
        }

        _starts = [.. starts];
    }

    public int ChunkCount => _starts.Length - 1;

    /// <summary>The rows of a chunk.</summary>
    public ReadOnlySpan<int> Chunk(int chunk) => _rows.AsSpan(_starts[chunk], _starts[chunk + 1] - _starts[chunk]);
}
