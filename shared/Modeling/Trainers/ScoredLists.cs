using Recommender.Modeling.Numerics;
using Recommender.Modeling.Retrieval;

namespace Recommender.Modeling.Trainers;

/// <summary>The best-k lists of any model: all scores of some viewers at a time, and a selection from them.</summary>
internal static class ScoredLists
{
    private const int ViewersAtOnce = 8;

    /// <inheritdoc cref="IViewerScorer.Rank"/>
    public static void Search(IViewerScorer scorer, TopListQuery wanted, TopListReceiver receive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(receive);
        wanted.Check(scorer.ViewerCount);
        var (viewers, items) = (wanted.Viewers, scorer.ItemCount);
        RowWorkers.Run(viewers.Length, ViewersAtOnce, wanted.Threads, () => new Workspace(items, wanted.Length), (workspace, from, to) =>
        {
            var batch = viewers.Span[from..to];
            scorer.Score(batch, workspace.Scores);
            for (var i = 0; i < batch.Length; i++)
            {
                var filter = new ItemFilter(wanted.Excluded.RowColumns(batch[i]), wanted.Barred.Span);
                var count = TopK.Select(workspace.Scores.AsSpan(i * items, items), filter, workspace.Best);
                receive(batch[i], workspace.Best.AsSpan(0, count));
            }
        }, cancellationToken);
    }

    private sealed class Workspace(int items, int length)
    {
        public float[] Scores { get; } = new float[checked(ViewersAtOnce * items)];

        public ScoredItem[] Best { get; } = new ScoredItem[Math.Min(length, items)];
    }
}
