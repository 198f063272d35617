using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Sparse;
using Recommender.Training.Judging;
using Recommender.Training.Split;

namespace Recommender.Tests.Unit.Training.Judging;

public sealed class RankingAuditTests
{
    private static InteractionMatrix Matrix(int rows, int columns, params (int Row, int Column)[] cells)
    {
        var builder = new InteractionMatrixBuilder();
        foreach (var (row, column) in cells) builder.Add(row, column);
        return builder.Build(rows, columns);
    }

    /// <summary>Video 0 is watched by all five viewers, 1 by two, 2 and 3 by one, 4 by none.</summary>
    private static InteractionMatrix Trained() => Matrix(5, 5, (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 0), (3, 0), (4, 0), (4, 3));

    [Fact]
    public void Popularity_is_the_share_of_videos_that_are_watched_less()
    {
        var segments = new TestSegments(Trained(), new GateOptions { HeadShare = 0.4, NewViewerVideos = 1 });
        Assert.Equal([0.9f, 0.7f, 0.4f, 0.4f, 0.1f], Enumerable.Range(0, 5).Select(segments.Popularity));
        Assert.Equal([false, false, true, true, true], Enumerable.Range(0, 5).Select(segments.IsTail));
        Assert.Equal([false, false, true, true, false], Enumerable.Range(0, 5).Select(segments.IsNew));
    }

    [Fact]
    public void Lists_worked_out_by_hand()
    {
        var segments = new TestSegments(Trained(), new GateOptions { HeadShare = 0.4, NewViewerVideos = 2 });
        var relevant = Matrix(5, 5, (0, 3), (0, 4), (2, 1), (3, 4));
        var split = new EvaluationSplit(new HoldOut("time", new int[5]), relevant, InteractionMatrix.Empty(5, 5));
        var audit = new RankingAudit(split, segments, 3);
        audit.Add(0, 0, [new ScoredItem(3, 2), new ScoredItem(0, 1)]); // finds one of two rare ones
        audit.Add(1, 2, [new ScoredItem(1, 2)]);                        // finds the head video
        audit.Add(2, 3, [new ScoredItem(1, 2)]);                        // misses the rare one
        double[] ndcg = [0.5, 1, 0];
        var values = new Dictionary<string, double[]> { ["ndcg@20"] = ndcg, ["recall@20"] = ndcg, ["hit_rate@20"] = ndcg };
        var found = audit.Finish(new EvaluationResult([0, 2, 3], new Dictionary<string, double>(), values), 7, 0.5);
        Assert.Equal([0.5, double.NaN, 0], found.TailRecall);
        Assert.Equal(0.25, found.Segments["tail_videos_recall@20"], 9);
        Assert.Equal(1, found.Segments["head_videos_recall@20"], 9);
        Assert.Equal((1.0, 2.0), (found.Segments["active_viewers"], found.Segments["new_viewers"]));
        Assert.Equal(0.5, found.Segments["active_viewers_ndcg@20"], 9);
        Assert.Equal(0.5, found.Segments["new_viewers_ndcg@20"], 9);
        Assert.Equal(((0.65 + 0.7 + 0.7) / 3), found.PopularityBias, 1e-6);
        Assert.Equal((7, 0.5), (found.Bytes, found.ScoringMilliseconds));
    }
}
