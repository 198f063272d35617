using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;

namespace Recommender.Tests.Unit.Modeling.Evaluation;

public sealed class EvaluatorTests
{
    [Fact]
    public void A_ranking_worked_out_by_hand()
    {
        // Viewer 0 sees 9 8 7 6 ...; 9 is masked, so the ranking is 8 7 6 5 4. Relevant: 7, 4, 0.
        // Viewer 1 sees the same without a mask: 9 8 7 6 5. Relevant: 9.
        // Viewer 2 has nothing relevant and is left out.
        var scorer = new FixedScorer(3, 10, (_, item) => item);
        var result = Evaluator.Evaluate(scorer, Matrix(3, 10, (0, 0), (0, 4), (0, 7), (1, 9)), [Matrix(3, 10, (0, 9))], [2, 5]);
        Assert.Equal([0, 1], result.Viewers);
        double D(int rank) => 1 / Math.Log2(rank + 1);
        Assert.Equal([1 / 3.0, 1.0], result.PerViewer("recall@2").ToArray(), Near);
        Assert.Equal([D(2) / (D(1) + D(2)), 1.0], result.PerViewer("ndcg@2").ToArray(), Near);
        Assert.Equal([2 / 3.0, 1.0], result.PerViewer("recall@5").ToArray(), Near);
        Assert.Equal([(D(2) + D(5)) / (D(1) + D(2) + D(3)), 1.0], result.PerViewer("ndcg@5").ToArray(), Near);
        Assert.Equal(2 / 3.0, result.Metrics["recall@2"], 1e-12);
        Assert.Equal(1, result.Metrics["hit_rate@2"]);
        Assert.Equal(0.3, result.Metrics["coverage@2"], 1e-12);
        Assert.Equal(0.6, result.Metrics["coverage@5"], 1e-12);
    }

    [Fact]
    public void It_equals_a_plain_ranking_of_everything() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var (users, items) = (random.Next(1, 30), random.Next(1, 40));
        var scores = Enumerable.Range(0, users * items).Select(_ => (float)random.Next(5)).ToArray();
        var relevant = RandomData.Interactions(users, items, 0.2, seed);
        if (relevant.Count == 0) return;
        InteractionMatrix[] masks = [RandomData.Interactions(users, items, 0.1, seed + 1), RandomData.Interactions(users, items, 0.1, seed + 2)];
        var result = Evaluator.Evaluate(new FixedScorer(users, items, (u, i) => scores[(u * items) + i]), relevant, masks, [3, 7]);
        var covered = new HashSet<int>();
        for (var at = 0; at < result.Viewers.Count; at++)
        {
            var user = result.Viewers[at];
            int[] ranking = [.. Enumerable.Range(0, items).Where(i => !masks.Any(m => m.Contains(user, i))).OrderByDescending(i => scores[(user * items) + i]).Take(7)];
            var hits = Enumerable.Range(0, ranking.Length).Where(rank => relevant.Contains(user, ranking[rank])).ToArray();
            var ideal = Enumerable.Range(0, Math.Min(7, relevant.RowLength(user))).Sum(rank => 1 / Math.Log2(rank + 2));
            Assert.Equal(hits.Length / (double)relevant.RowLength(user), result.PerViewer("recall@7")[at], 1e-12);
            Assert.Equal(hits.Sum(rank => 1 / Math.Log2(rank + 2)) / ideal, result.PerViewer("ndcg@7")[at], 1e-12);
            Assert.Equal(hits.Any(rank => rank < 3) ? 1 : 0, result.PerViewer("hit_rate@3")[at]);
            covered.UnionWith(ranking);
        }

        Assert.Equal(covered.Count / (double)items, result.Metrics["coverage@7"], 1e-12);
    });

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        var model = TrainerRegistry.Create("ials").Train(new TrainingData(RandomData.Interactions(200, 100, 0.1, 1)));
        var relevant = RandomData.Interactions(200, 100, 0.05, 2);
        var alone = Evaluator.Evaluate(model, relevant, [], threads: 1);
        var together = Evaluator.Evaluate(model, relevant, [], threads: 4);
        Assert.Equal(alone.Metrics, together.Metrics);
        Assert.Equal(alone.PerViewer("ndcg@20"), together.PerViewer("ndcg@20"));
        Assert.Equal(16, alone.Metrics.Count);
        Assert.Contains("coverage@50", alone.Metrics.Keys);
    }

    [Fact]
    public void One_viewer_and_one_masked_item_give_zeros()
    {
        var only = Matrix(1, 1, (0, 0));
        Assert.All(Evaluator.Evaluate(new FixedScorer(1, 1, (_, _) => 1f), only, [only]).Metrics.Values, v => Assert.Equal(0, v));
    }

    [Fact]
    public void What_cannot_be_evaluated_is_said()
    {
        var scorer = new FixedScorer(2, 2, (_, _) => 1f);
        Assert.Throws<TrainingDataException>(() => Evaluator.Evaluate(scorer, InteractionMatrix.Empty(2, 2), []));
        Assert.Throws<ArgumentException>(() => Evaluator.Evaluate(scorer, InteractionMatrix.Empty(2, 3), []));
        Assert.Throws<ArgumentException>(() => Evaluator.Evaluate(scorer, Matrix(2, 2, (0, 0)), [InteractionMatrix.Empty(1, 2)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Evaluator.Evaluate(scorer, Matrix(2, 2, (0, 0)), [], [0]));
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-12;

    private static InteractionMatrix Matrix(int rows, int columns, params (int Row, int Column)[] cells)
    {
        var builder = new InteractionMatrixBuilder();
        foreach (var (row, column) in cells) builder.Add(row, column);
        return builder.Build(rows, columns);
    }

    private sealed class FixedScorer(int viewers, int items, Func<int, int, float> score) : IViewerScorer
    {
        public int ViewerCount => viewers;

        public int ItemCount => items;

        public void Score(ReadOnlySpan<int> batch, Span<float> scores)
        {
            for (var i = 0; i < batch.Length; i++)
            {
                for (var item = 0; item < items; item++) scores[(i * items) + item] = score(batch[i], item);
            }
        }
    }
}
