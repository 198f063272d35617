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
}
