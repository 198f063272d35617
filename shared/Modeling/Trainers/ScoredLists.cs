using Recommender.Modeling.Numerics;
using Recommender.Modeling.Retrieval;

namespace Recommender.Modeling.Trainers;

/// <summary>The best-k lists of any model: all scores of some viewers at a time, and a selection from them.</summary>
internal static class ScoredLists
{
    // A large model is read once for all of them; their scores take this many numbers at most, or as many as eight viewers have.
    private const int MostScores = 1 << 22;
    private const int FewestViewers = 8;
    private const int MostViewers = 32;

    /// <inheritdoc cref="IViewerScorer.Rank"/>
    public static void Search(IViewerScorer scorer, TopListQuery wanted, TopListReceiver receive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(receive);
        wanted.Check(scorer.ViewerCount);
        var (viewers, items) = (wanted.Viewers, scorer.ItemCount);
        var atOnce = Math.Clamp(MostScores / Math.Max(1, items), FewestViewers, MostViewers);
        RowWorkers.Run(viewers.Length, atOnce, wanted.Threads, () => new Workspace(items, wanted.Length, atOnce), (workspace, from, to) =>
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

    private sealed class Workspace(int items, int length, int viewers)
    {
        public float[] Scores { get; } = new float[checked(viewers * items)];

        public ScoredItem[] Best { get; } = new ScoredItem[Math.Min(length, items)];
    }
}
