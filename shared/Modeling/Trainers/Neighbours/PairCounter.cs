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
                (columns[item], weights[item]) = Select(workspace, sourceScale[item], targetScale, neighbours);
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
            for (var i = 0; i < others.Length; i++)
            {
                if (others[i] == item) continue;
                var weight = otherRanks.IsEmpty || ranks.IsEmpty ? viewerWeight : viewerWeight * rules.GapWeight((long)otherRanks[i] - ranks[v]);
                workspace.Add(others[i], weight);
            }
        }
    }

    private (int[] Columns, float[] Weights) Select(Workspace workspace, float sourceScale, float[] targetScale, int neighbours)
    {
        var touched = workspace.Touched;
        var count = 0;
        foreach (var item in touched)
        {
            var pairs = workspace.Counts[item];
            workspace.Counts[item] = 0;
            var weight = (float)(pairs * (pairs / (pairs + rules.Shrink)) * sourceScale * targetScale[item]);
            if (weight > 0 && float.IsFinite(weight)) workspace.Kept[count++] = (item, weight);
        }

        touched.Clear();
        var kept = workspace.Kept.AsSpan(0, count);
        if (neighbours > 0 && count > neighbours)
        {
            // Of equal weights the lower item number stays.
            kept.Sort(static (a, b) => a.Weight != b.Weight ? b.Weight.CompareTo(a.Weight) : a.Item.CompareTo(b.Item));
            kept = kept[..neighbours];
        }

        kept.Sort(static (a, b) => a.Item.CompareTo(b.Item));
        var (columns, weights) = (new int[kept.Length], new float[kept.Length]);
        for (var i = 0; i < kept.Length; i++) (columns[i], weights[i]) = kept[i];
        return (columns, weights);
    }

    private static double[] ViewerWeights(InteractionMatrix matrix, double exponent)
    {
        var weights = new double[matrix.RowCount];
        for (var row = 0; row < weights.Length; row++) weights[row] = Math.Pow(Math.Max(1, matrix.RowLength(row)), -exponent);
        return weights;
    }

    private static float[] Scale(int[] counts, double exponent) => Array.ConvertAll(counts, n => (float)Math.Pow(Math.Max(1, n), -exponent));

    private sealed class Workspace(int items)
    {
        public float[] Counts { get; } = new float[items];

        public (int Item, float Weight)[] Kept { get; } = new (int, float)[items];

        public List<int> Touched { get; } = [];

        public void Add(int item, float weight)
        {
            ref var count = ref Counts[item];
            if (count == 0) Touched.Add(item);
            count += weight;
        }
    }
}
