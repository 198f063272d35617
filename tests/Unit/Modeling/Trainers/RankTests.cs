using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Trainers;

namespace Recommender.Tests.Unit.Modeling.Trainers;

public sealed class RankTests
{
    [Fact]
    public void A_factor_models_lists_are_those_that_its_scores_give() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var (viewers, items, factors) = (random.Next(1, 120), random.Next(1, 200), random.Next(1, 12));
        var users = RandomData.Factors(viewers, factors, seed).Data.ToArray();
        // Some viewers have no factors: their lists go by popularity.
        for (var viewer = 0; viewer < viewers; viewer++)
            if (random.Next(5) == 0) users.AsSpan(viewer * factors, factors).Clear();
        float[] popularity = [.. Enumerable.Range(0, items).Select(_ => (float)random.Next(10))];
        var model = new FactorModel("test", new FactorMatrix(viewers, factors, users), RandomData.Factors(items, factors, seed + 1), new FoldInSettings(), popularity);
        var wanted = new TopListQuery(Enumerable.Range(0, viewers).Where(_ => random.Next(4) > 0).ToArray(), RandomData.Interactions(viewers, items, 0.1, seed), random.Next(1, 30))
        {
            Barred = (ulong[])[(ulong)random.NextInt64()],
            Threads = random.Next(1, 4),
        };
        Assert.Equal(Lists(new ScoresOnly(model), wanted), Lists(model, wanted));
    });

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var model = new FactorModel("test", new FactorMatrix(2, 1), new FactorMatrix(3, 1), new FoldInSettings(), new float[3]);
        foreach (IViewerScorer scorer in (IViewerScorer[])[model, new ScoresOnly(model)])
        {
            Assert.Throws<ArgumentException>(() => Lists(scorer, new TopListQuery((int[])[0], RandomData.Interactions(1, 3, 0.5, 1), 2)));
            Assert.Throws<ArgumentOutOfRangeException>(() => Lists(scorer, new TopListQuery((int[])[0], RandomData.Interactions(2, 3, 0.5, 1), 0)));
        }
    }

    private static SortedDictionary<int, ScoredItem[]> Lists(IViewerScorer scorer, TopListQuery wanted)
    {
        var lists = new SortedDictionary<int, ScoredItem[]>();
        scorer.Rank(wanted, (viewer, best) =>
        {
            var list = best.ToArray();
            lock (lists) lists.Add(viewer, list);
        });
        return lists;
    }

    /// <summary>A model that leaves the ranking to the default.</summary>
    private sealed class ScoresOnly(IViewerScorer model) : IViewerScorer
    {
        public int ViewerCount => model.ViewerCount;

        public int ItemCount => model.ItemCount;

        public void Score(ReadOnlySpan<int> viewers, Span<float> scores) => model.Score(viewers, scores);
    }
}
