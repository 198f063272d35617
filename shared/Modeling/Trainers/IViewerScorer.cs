using Recommender.Modeling.Retrieval;

namespace Recommender.Modeling.Trainers;

/// <summary>Scores the whole catalog for viewers known by number. Safe for concurrent use.</summary>
public interface IViewerScorer
{
    /// <summary>Number of viewers.</summary>
    int ViewerCount { get; }

    /// <summary>Number of items.</summary>
    int ItemCount { get; }

    /// <summary>Writes a score for every item, larger is better, for each of <paramref name="viewers"/>.</summary>
    /// <param name="viewers">Viewer numbers; a handful at once is cheaper than one by one.</param>
    /// <param name="scores">viewers x items, row-major.</param>
    void Score(ReadOnlySpan<int> viewers, Span<float> scores);

    /// <summary>
    /// Finds the best items of many viewers: what <see cref="Score"/> and a selection would find, score for score, without writing all scores down
    /// where the model allows that.
    /// </summary>
    /// <param name="wanted">Which lists.</param>
    /// <param name="receive">Takes each list; called from several threads at once.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="ArgumentException">Shapes that differ.</exception>
    void Rank(TopListQuery wanted, TopListReceiver receive, CancellationToken cancellationToken = default) =>
        ScoredLists.Search(this, wanted, receive, cancellationToken);
}
