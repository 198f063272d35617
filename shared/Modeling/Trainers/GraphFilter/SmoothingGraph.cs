using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers.GraphFilter;

/// <summary>The viewer-item graph, each edge divided by powers of the degrees of its ends; multiplies tall matrices.</summary>
internal sealed class SmoothingGraph(InteractionMatrix byUser, double viewerExponent, double itemExponent, int threads)
{
    private const int RowsAtOnce = 64;

    private readonly InteractionMatrix _byItem = byUser.Transpose();
    private readonly float[] _viewerScale = Scale(Enumerable.Range(0, byUser.RowCount).Select(byUser.RowLength), viewerExponent);
    private readonly float[] _itemScale = Scale(byUser.ColumnLengths(), itemExponent);

    /// <summary>Number of items.</summary>
    public int ItemCount => byUser.ColumnCount;

    /// <summary>viewers x k from items x k: each viewer's edges times the items' rows.</summary>
    public FactorMatrix ToViewers(FactorMatrix items, CancellationToken cancellationToken) => Multiply(byUser, items, _viewerScale, _itemScale, cancellationToken);

    /// <summary>items x k from viewers x k.</summary>
    public FactorMatrix ToItems(FactorMatrix viewers, CancellationToken cancellationToken) => Multiply(_byItem, viewers, _itemScale, _viewerScale, cancellationToken);

    private FactorMatrix Multiply(InteractionMatrix edges, FactorMatrix source, float[] rowScale, float[] columnScale, CancellationToken cancellationToken)
    {
        var result = new FactorMatrix(edges.RowCount, source.Factors);
        RowWorkers.Run(edges.RowCount, RowsAtOnce, threads, static () => 0, (_, from, to) =>
        {
            for (var row = from; row < to; row++)
            {
                var into = result.WritableRow(row);
                foreach (var column in edges.RowColumns(row)) VectorMath.AddScaled(into, rowScale[row] * columnScale[column], source.Row(column));
            }
        }, cancellationToken);
        return result;
    }

    private static float[] Scale(IEnumerable<int> degrees, double exponent) => [.. degrees.Select(d => d == 0 ? 0f : (float)Math.Pow(d, -exponent))];
}
