using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;

namespace Recommender.Modeling.Evaluation;

/// <summary>
/// Ranks the whole catalog for every viewer with at least one relevant item, never a sample of it (Krichene and Rendle 2020), and
/// compares the first k with what the viewer really chose.
/// </summary>
public static class Evaluator
{
    /// <summary>The k that are reported when none are given.</summary>
    public static IReadOnlyList<int> DefaultCutoffs { get; } = [5, 10, 20, 50];

    /// <summary>Evaluates <paramref name="scorer"/>.</summary>
    /// <param name="scorer">Scores viewers x items.</param>
    /// <param name="relevant">Viewers x items: what counts as a hit.</param>
    /// <param name="masks">Viewers x items: what is not ranked for a viewer, such as the training interactions; may be empty.</param>
    /// <param name="cutoffs">The k, each above 0; null: <see cref="DefaultCutoffs"/>.</param>
    /// <param name="threads">Threads at most; 0: one per processor. Never changes the result.</param>
    /// <param name="onRanking">Told every ranking, for measures of its own; null: nobody is.</param>
    /// <param name="cancellationToken">Stops the evaluation.</param>
    /// <exception cref="ArgumentException">Shapes that differ.</exception>
    /// <exception cref="TrainingDataException">No viewer has a relevant item.</exception>
    public static EvaluationResult Evaluate(
        IViewerScorer scorer,
        InteractionMatrix relevant,
        IReadOnlyList<InteractionMatrix> masks,
        IReadOnlyList<int>? cutoffs = null,
        int threads = 0,
        RankingHandler? onRanking = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(masks);
        foreach (var matrix in masks.Append(relevant))
        {
            if (matrix.RowCount != scorer.ViewerCount || matrix.ColumnCount != scorer.ItemCount)
                throw new ArgumentException($"A matrix is {matrix.RowCount} x {matrix.ColumnCount} but the model {scorer.ViewerCount} x {scorer.ItemCount}.");
        }

        var viewers = Enumerable.Range(0, relevant.RowCount).Where(v => relevant.RowLength(v) > 0).ToArray();
        if (viewers.Length == 0) throw new TrainingDataException("There is nothing to evaluate: no viewer has a relevant test item.");
        var collector = new RankingCollector(viewers, scorer.ItemCount, cutoffs ?? DefaultCutoffs);
        var places = new int[relevant.RowCount];
        for (var at = 0; at < viewers.Length; at++) places[viewers[at]] = at;
        var masked = masks.Count == 0 ? InteractionMatrix.Empty(relevant.RowCount, relevant.ColumnCount) : masks.Skip(1).Aggregate(masks[0], (all, mask) => all.Union(mask));
        scorer.Rank(new TopListQuery(viewers, masked, collector.Deepest) { Threads = threads }, (viewer, best) =>
        {
            collector.Add(places[viewer], best, relevant.RowColumns(viewer));
            onRanking?.Invoke(places[viewer], viewer, best);
        }, cancellationToken);
        return collector.Finish();
    }
}
