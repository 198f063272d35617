namespace Recommender.Modeling.Trainers.Neighbours;

/// <summary>A sparse item x item matrix in compressed rows: what an item in a history adds to the score of each of its neighbours. Immutable.</summary>
internal sealed class ItemGraph
{
    private readonly int[][] _neighbours;
    private readonly float[][] _weights;

    /// <param name="neighbours">Per item, distinct items in ascending order.</param>
    /// <param name="weights">Per item, a weight for each neighbour.</param>
    public ItemGraph(int[][] neighbours, float[][] weights) => (_neighbours, _weights) = (neighbours, weights);

    /// <summary>Number of items.</summary>
    public int ItemCount => _neighbours.Length;

    /// <summary>Items that <paramref name="item"/> speaks for.</summary>
    public ReadOnlySpan<int> Neighbours(int item) => _neighbours[item];

    /// <summary>Aligned with <see cref="Neighbours"/>.</summary>
    public ReadOnlySpan<float> Weights(int item) => _weights[item];

    /// <summary>Adds <paramref name="factor"/> times the row of <paramref name="item"/> to <paramref name="scores"/>.</summary>
    public void AddRow(int item, float factor, Span<float> scores)
    {
        var neighbours = _neighbours[item];
        var weights = _weights[item];
        for (var i = 0; i < neighbours.Length; i++) scores[neighbours[i]] += factor * weights[i];
    }
}
