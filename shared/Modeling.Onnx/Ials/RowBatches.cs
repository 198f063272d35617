using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Onnx.Ials;

/// <summary>Rows of about the same number of interactions that one run solves.</summary>
/// <param name="Rows">Row numbers.</param>
/// <param name="Length">Interactions of the longest of them.</param>
/// <param name="Segment">So many of them in one run; at least <see cref="Length"/> when one run does it all.</param>
internal sealed record RowBatch(ReadOnlyMemory<int> Rows, int Length, int Segment);

/// <summary>Sorts rows into batches by length: what padding adds to a row is at most a quarter of it, or makes it 8 long.</summary>
internal static class RowBatches
{
    private const int ShortRow = 8;

    /// <summary>The batches of all rows with any interaction; the same for the same lengths and plan.</summary>
    public static IEnumerable<RowBatch> Of(InteractionMatrix interactions, MemoryPlan plan)
    {
        var rows = Enumerable.Range(0, interactions.RowCount).Where(row => interactions.RowLength(row) > 0).ToArray();
        var lengths = Array.ConvertAll(rows, interactions.RowLength);
        // By length, then by number, since the keys are distinct.
        Array.Sort(Array.ConvertAll(rows, row => ((long)interactions.RowLength(row) << 32) | (uint)row), rows);
        Array.Sort(lengths);
        var inOneTile = plan.TileRows >= interactions.ColumnCount;
        for (var from = 0; from < rows.Length;)
        {
            var longest = Math.Max(ShortRow, lengths[from] + (lengths[from] / 4));
            var same = FirstAbove(lengths, from, longest);
            var whole = inOneTile && plan.RowsOf(lengths[same - 1]) > 0;
            var count = Math.Min(same - from, whole ? plan.RowsOf(lengths[same - 1]) : plan.RowsInSegments);
            var length = lengths[from + count - 1];
            yield return new RowBatch(rows.AsMemory(from, count), length, whole ? length : plan.SegmentOf(count));
            from += count;
        }
    }

    private static int FirstAbove(int[] sorted, int from, int most)
    {
        var at = Array.BinarySearch(sorted, from, sorted.Length - from, most);
        if (at < 0) return ~at;
        while (at < sorted.Length && sorted[at] == most) at++;
        return at;
    }
}
