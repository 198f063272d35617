using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.Neighbours;

/// <summary>
/// Counts for each pair of items the viewers who have both, weighed by the viewer and by how far apart the two are in the viewer's order,
/// normalises the counts by the items' frequencies and keeps the strongest neighbours of each item. Every row is summed in the order of the
/// viewers: equal bits whatever the number of threads.
/// </summary>
/// <param name="sources">Viewers x items, times being ranks in the viewer's history (or none): the items that speak.</param>
/// <param name="targets">Viewers x items of the same shape: the items spoken for.</param>
/// <param name="rules">How pairs count.</param>
internal sealed class PairCounter(InteractionMatrix sources, InteractionMatrix targets, PairRules rules)
{
    private const int ItemsAtOnce = 32;

    private readonly double[] _viewerWeights = ViewerWeights(targets, rules.ViewerExponent);

    /// <summary>Counts, normalises and selects.</summary>
    public ItemGraph Build(int neighbours, int threads, CancellationToken cancellationToken)
    {
        var bySource = sources.Transpose();
        var sourceScale = Scale(sources.ColumnLengths(), rules.SourceExponent);
        var targetScale = Scale(targets.ColumnLengths(), rules.TargetExponent);
        var columns = new int[bySource.RowCount][];
        var weights = new float[bySource.RowCount][];
        RowWorkers.Run(bySource.RowCount, ItemsAtOnce, threads, () => new Workspace(targets.ColumnCount), (workspace, from, to) =>
        {
            for (var item = from; item < to; item++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Count(bySource, item, workspace);
                (columns[item], weights[item]) = Select(workspace, item, sourceScale[item], targetScale, neighbours);
            }
        }, cancellationToken);
        return new ItemGraph(columns, weights);
    }

    /// <summary>Bytes at the peak: the histories by viewer and by item, a row of counts per thread, and the graph if every row is full.</summary>
    /// <param name="interactions">What the histories are made of.</param>
    /// <param name="neighbours">Of each item at most; 0: all that share a viewer.</param>
    /// <param name="historyLimit">Of each history at most.</param>
    /// <param name="threads">Threads at most; 0: one per processor.</param>
    public static double BytesOf(InteractionMatrix interactions, int neighbours, int historyLimit, int threads)
    {
        var (cells, pairs) = (0.0, 0.0);
        for (var row = 0; row < interactions.RowCount; row++)
        {
            double length = Math.Min(historyLimit, interactions.RowLength(row));
            (cells, pairs) = (cells + length, pairs + (length * (length - 1)));
        }

        double items = interactions.ColumnCount;
        var edges = Math.Min(pairs, items * Math.Min(items, neighbours == 0 ? items : neighbours));
        return (2.0 * (sizeof(int) + sizeof(float) + sizeof(uint)) * cells)
            + ((threads > 0 ? threads : Environment.ProcessorCount) * 5.0 * sizeof(int) * items)
            + ((sizeof(int) + sizeof(float)) * edges);
    }

    private void Count(InteractionMatrix bySource, int item, Workspace workspace)
    {
        var viewers = bySource.RowColumns(item);
        var ranks = bySource.RowTimes(item);
        for (var v = 0; v < viewers.Length; v++)
        {
            var others = targets.RowColumns(viewers[v]);
            var otherRanks = targets.RowTimes(viewers[v]);
            var viewerWeight = (float)_viewerWeights[viewers[v]];
            if (otherRanks.IsEmpty || ranks.IsEmpty)
            {
                foreach (var other in others) workspace.Add(other, viewerWeight);
                continue;
            }

            for (var i = 0; i < others.Length; i++) workspace.Add(others[i], viewerWeight * rules.GapWeight((long)otherRanks[i] - ranks[v]));
        }
    }

    private (int[] Columns, float[] Weights) Select(Workspace workspace, int source, float sourceScale, float[] targetScale, int neighbours)
    {
        var kept = workspace.Keys;
        var count = 0;
        foreach (var item in workspace.Touched)
        {
            var pairs = workspace.Take(item);
            var weight = (float)(pairs * (pairs / (pairs + rules.Shrink)) * sourceScale * targetScale[item]);
            if (item != source && weight > 0 && float.IsFinite(weight)) kept[count++] = KeyOf(weight, item);
        }

        workspace.Forget();
        kept = kept[..count];
        if (neighbours > 0 && count > neighbours)
        {
            LargestKeys.ToFront(kept, neighbours);
            kept = kept[..neighbours];
        }

        var (columns, weights) = (new int[kept.Length], new float[kept.Length]);
        for (var i = 0; i < kept.Length; i++) (weights[i], columns[i]) = (BitConverter.UInt32BitsToSingle((uint)(kept[i] >> 32)), (int)~(uint)kept[i]);
        columns.AsSpan().Sort(weights.AsSpan());
        return (columns, weights);
    }

    // Ordered as the weights, which are above zero; of equal ones the lower item number is the larger key.
    private static ulong KeyOf(float weight, int item) => ((ulong)BitConverter.SingleToUInt32Bits(weight) << 32) | ~(uint)item;

    private static double[] ViewerWeights(InteractionMatrix matrix, double exponent)
    {
        var weights = new double[matrix.RowCount];
        for (var row = 0; row < weights.Length; row++) weights[row] = Math.Pow(Math.Max(1, matrix.RowLength(row)), -exponent);
        return weights;
    }

    private static float[] Scale(int[] counts, double exponent) => Array.ConvertAll(counts, n => (float)Math.Pow(Math.Max(1, n), -exponent));

    private sealed class Workspace(int items)
    {
        private readonly float[] _counts = new float[items];
        private readonly ulong[] _keys = new ulong[items];
        private readonly int[] _touched = new int[items];
        private int _count;

        public Span<ulong> Keys => _keys;

        public ReadOnlySpan<int> Touched => _touched.AsSpan(0, _count);

        public void Add(int item, float weight)
        {
            ref var count = ref _counts[item];
            if (count == 0 && weight > 0) _touched[_count++] = item;
            count += weight;
        }

        /// <summary>The count of an item, which is zero from now on.</summary>
        public float Take(int item)
        {
            var count = _counts[item];
            _counts[item] = 0;
            return count;
        }

        public void Forget() => _count = 0;
    }
}
