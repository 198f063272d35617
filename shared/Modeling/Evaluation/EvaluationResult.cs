namespace Recommender.Modeling.Evaluation;

/// <summary>Metrics of a full ranking, over the evaluated viewers.</summary>
public sealed class EvaluationResult
{
    private readonly Dictionary<string, double[]> _perViewer;

    internal EvaluationResult(int[] viewers, IReadOnlyDictionary<string, double> metrics, Dictionary<string, double[]> perViewer) =>
        (Viewers, Metrics, _perViewer) = (viewers, metrics, perViewer);

    /// <summary>The viewers that were evaluated: those with at least one relevant item. Ascending.</summary>
    public IReadOnlyList<int> Viewers { get; }

    /// <summary>
    /// <c>recall@k</c>, <c>ndcg@k</c>, <c>hit_rate@k</c> (means over the viewers) and <c>coverage@k</c> (share of the catalog in anybody's
    /// first k), each 0 to 1, for each k.
    /// </summary>
    public IReadOnlyDictionary<string, double> Metrics { get; }

    /// <summary>Values of <c>recall@k</c>, <c>ndcg@k</c> or <c>hit_rate@k</c>, aligned with <see cref="Viewers"/>.</summary>
    /// <exception cref="KeyNotFoundException">No such metric per viewer.</exception>
    public ReadOnlySpan<double> PerViewer(string metric) => _perViewer[metric];
}
