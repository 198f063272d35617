using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Onnx.Devices;
using Recommender.Modeling.Onnx.Graphs;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Onnx.Ials;

/// <summary>
/// Adds up the equations of rows whose interactions do not go through in one run: the factors come tile by tile, the interactions with a tile
/// segment by segment. The sums stay on the device.
/// </summary>
internal sealed class SegmentedSums(GraphRun run, OnnxDevice device, FoldInSettings settings, CancellationToken cancellationToken) : IDisposable
{
    /// <summary>The sums of a batch.</summary>
    public RowSums Of(RowBatch batch, MemoryPlan plan, InteractionMatrix interactions, FactorMatrix source)
    {
        var rows = batch.Rows.Span;
        var sums = RowSums.Zeros(rows.Length, source.Factors);
        var (next, ranges) = (new int[rows.Length], new Range[rows.Length]);
        for (var first = 0; first < source.RowCount; first += Math.Min(plan.TileRows, source.RowCount - first))
        {
            using var tile = FactorTiles.ValueOf(source, first, plan.TileRows);
            run.Bind(HalfStepGraphs.Factors, tile);
            while (NextSegment(rows, interactions, (long)first + plan.TileRows, batch.Segment, next, ranges) is > 0 and var length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var cells = PaddedCells.Of(rows, ranges, interactions, settings, first, length);
                var before = sums;
                sums = Add(cells, before);
                before.Dispose();
            }
        }

        run.Clear();
        return sums;
    }

    /// <inheritdoc/>
    public void Dispose() => run.Dispose();

    private RowSums Add(PaddedCells cells, RowSums sums)
    {
        run.Bind(HalfStepGraphs.Columns, cells.Columns);
        run.Bind(HalfStepGraphs.Confidences, cells.Confidences);
        run.Bind(HalfStepGraphs.Outer, sums.Outer);
        run.Bind(HalfStepGraphs.Right, sums.Right);
        run.BindOutput(HalfStepGraphs.OuterSum, device.Memory);
        run.BindOutput(HalfStepGraphs.RightSum, device.Memory);
        run.Run();
        return RowSums.TakeFrom(run.Outputs());
    }

    // The next interactions of each row with columns before the end of the tile; the length of the longest range.
    private static int NextSegment(ReadOnlySpan<int> rows, InteractionMatrix interactions, long end, int segment, int[] next, Range[] ranges)
    {
        var longest = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            var columns = interactions.RowColumns(rows[i]);
            var to = next[i];
            while (to < columns.Length && to - next[i] < segment && columns[to] < end) to++;
            ranges[i] = next[i]..to;
            longest = Math.Max(longest, to - next[i]);
            next[i] = to;
        }

        return longest;
    }
}
