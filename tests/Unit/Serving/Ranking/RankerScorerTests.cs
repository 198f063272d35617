using Microsoft.Extensions.Logging.Abstractions;
using Recommender.Hosting.Online;
using Recommender.Modeling.Onnx.Ranking;
using Recommender.Modeling.Ranking;
using Recommender.Serving;
using Recommender.Serving.Candidates;
using Recommender.Serving.Catalog;
using Recommender.Serving.Model;
using Recommender.Serving.Pipeline;
using Recommender.Serving.Ranking;
using Recommender.Tests.Unit.Modeling.Ranking;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Ranking;

public sealed class RankerScorerTests : IDisposable
{
    private static readonly RankerSession s_session =
        RankerSession.Load(RankerGraph.Create(RankerRecipe.Fit(RankerAudience.Create(300), 3000, 1, TestContext.Current.CancellationToken).Ranker.Network));

    private readonly ServingMetrics _metrics = new();
    private readonly VideoCatalog _catalog = new(new ServingOptions());
    private readonly FeatureCalculator _features;
    private readonly RankerScorer _scorer;

    public RankerScorerTests()
    {
        _features = new FeatureCalculator(_catalog);
        _scorer = new RankerScorer(_features, _metrics, TimeProvider.System, NullLogger<RankerScorer>.Instance);
        for (var i = 0; i < 20; i++)
            _catalog.Upsert($"{(i < 10 ? 'a' : 'b')}{i % 10}", $"author{i % 4}", Queries.Now.AddHours(-i).ToUnixTimeMilliseconds());
    }

    public void Dispose() => _metrics.Dispose();

    private static ViewerQuery RealTime(ModelGeneration model, Recommender.Serving.ServingOptions? options = null)
    {
        var state = Queries.State(("a0", EventType.Like, 1), ("b4", EventType.Skip, 2), ("a5", EventType.View, 3));
        var query = Queries.Create(state, model: model, trending: Queries.Trending("b1", "a1", "a7"), options: options);
        (query.Tier, query.Vector) = (Tier.RealTime, new float[] { 1, 0.5f, 0, 0.1f });
        query.JustLiked.Add(0);
        query.Scratch.Followed.Add("author2");
        return query;
    }

    private Candidate[] Candidates(ViewerQuery query, IEnumerable<string> ids, Source source = Source.Realtime) =>
    [
        .. ids.Select(id =>
        {
            var candidate = new Candidate { VideoId = id, Source = source, Item = -1 };
            new CatalogHydrator(_catalog).Hydrate(query, ref candidate);
            return candidate;
        }),
    ];

    private static IEnumerable<string> All => Enumerable.Range(0, 20).Select(i => $"{(i < 10 ? 'a' : 'b')}{i % 10}");

    [Fact]
    public void A_score_is_the_weighted_sum_of_what_the_ranker_expects_of_the_features()
    {
        var options = new Recommender.Serving.ServingOptions { LikeWeight = 3, ShareWeight = 5, WatchWeight = 0.25 };
        var query = RealTime(SmallModel.Create(ranker: s_session), options);
        var candidates = Candidates(query, All);
        _scorer.Score(query, candidates);
        var (features, expected) = (new float[RankerSession.RowsOf(1) * RankerFeatures.Count], new float[RankerSession.RowsOf(1) * OutcomeWeights.Count]);
        foreach (var candidate in candidates)
        {
            _features.Compute(query, candidate, features.AsSpan(0, RankerFeatures.Count));
            s_session.Score(features, 1, expected);
            Assert.True(candidate.Score.IsLearned);
            Assert.Equal((3.0 * expected[0]) + (5.0 * expected[1]) + (0.25 * expected[2]), candidate.Score.Total, 12);
            var explanation = new Explanation();
            _scorer.Explain(query, candidate, explanation);
            Assert.Equal("ranker", explanation.Scorer);
            Assert.Equal(candidate.Score.Total, explanation.ScoreParts.Values.Sum(), 12);
            Assert.Equal(features[..RankerFeatures.Count], RankerFeatures.Names.Select(name => explanation.Features[name]));
        }
        Assert.True(candidates.DistinctBy(c => c.Score.Total).Count() > 10);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_score_depends_on_viewer_and_video_alone(bool isLearned)
    {
        var model = SmallModel.Create(ranker: isLearned ? s_session : null);
        var alone = Candidates(RealTime(model), All);
        foreach (ref var candidate in alone.AsSpan()) _scorer.Score(RealTime(model), new Span<Candidate>(ref candidate));
        var scores = alone.ToDictionary(c => c.VideoId, c => c.Score);
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var query = RealTime(model);
            var some = All.OrderBy(_ => random.Next()).Take(random.Next(1, 20));
            var batch = Candidates(query, some, (Source)random.Next(1, 7));
            _scorer.Score(query, batch);
            foreach (var candidate in batch) Assert.Equal(scores[candidate.VideoId], candidate.Score);
        }
    }

    [Fact]
    public async Task A_listed_video_has_its_score_whoever_proposes_it()
    {
        var list = new PrecomputedList(SmallModel.Version, Queries.Now.ToUnixTimeMilliseconds(), [.. All.Select((id, i) => (id, 1f - (i * 0.01f)))]);
        async Task<Dictionary<string, ScoreParts>> ScoresAsync(int quota, params string[] trending)
        {
            var options = new Recommender.Serving.ServingOptions { Sources = { ["precomputed"] = new SourceSettings { Quota = quota } } };
            var query = Queries.Create(list: list, model: SmallModel.Create(), trending: Queries.Trending(trending), options: options);
            query.Tier = Tier.Precomputed;
            var pipeline = new RecommendationPipeline(
                [], [new PrecomputedSource(), new TrendingSource()], [new CatalogHydrator(_catalog)], [], _scorer, new DiverseSelector(), _metrics, TimeProvider.System,
                NullLogger<RecommendationPipeline>.Instance);
            await pipeline.RunAsync(query, TestContext.Current.CancellationToken);
            return query.Scratch.Candidates.ToDictionary(c => c.VideoId, c => c.Score);
        }
        var trending = All.Reverse().ToArray();
        var (all, few) = (await ScoresAsync(1000, trending), await ScoresAsync(3, trending));
        Assert.Equal(20, few.Count);
        foreach (var (id, score) in few) Assert.Equal(all[id], score);
    }

    [Fact]
    public void The_plain_blend_scores_without_a_ranker_and_where_it_is_switched_off()
    {
        foreach (var query in (ViewerQuery[])[RealTime(SmallModel.Create()), RealTime(SmallModel.Create(ranker: s_session), new Recommender.Serving.ServingOptions { Ranker = false })])
        {
            var candidates = Candidates(query, ["a1"]);
            _scorer.Score(query, candidates);
            Assert.Equal(BlendScorer.Score(query, candidates[0]), candidates[0].Score);
            var explanation = new Explanation();
            _scorer.Explain(query, candidates[0], explanation);
            Assert.Equal("blend", explanation.Scorer);
            Assert.Equal(["affinity", "followed", "relevance", "trend"], explanation.ScoreParts.Keys.Order());
        }
    }

    [Fact]
    public void Features_say_what_they_are_named_for()
    {
        var query = RealTime(SmallModel.Create());
        float[] Of(string id)
        {
            var values = new float[RankerFeatures.Count];
            _features.Compute(query, Candidates(query, [id])[0], values);
            return values;
        }
        float Value(string id, RankerFeature feature) => Of(id)[(int)feature];
        Assert.Equal(1, Value("a2", RankerFeature.IsFollowed));
        Assert.Equal(0, Value("a3", RankerFeature.IsFollowed));
        Assert.Equal((1, 0.5f), (Value("b1", RankerFeature.Trending), Value("a1", RankerFeature.Trending)));
        Assert.Equal((1, 0), (Value("unheard", RankerFeature.IsCold), Value("a1", RankerFeature.IsCold)));
        Assert.Equal(MathF.Log2(4), Value("a3", RankerFeature.Age), 5);
        Assert.Equal((1, 0), (Value("a3", RankerFeature.IsAgeKnown), Value("unheard", RankerFeature.IsAgeKnown)));
        // a0 was liked and is of author0; a5 (author1) was watched whole; b4 (author2) was skipped.
        Assert.Equal(1f / 3, Value("a4", RankerFeature.AuthorAffinity), 5);
        Assert.Equal(1f / 3, Value("a1", RankerFeature.AuthorAffinity), 5);
        Assert.Equal(-0.5f / 3, Value("a2", RankerFeature.AuthorAffinity), 5);
        Assert.Equal((1, 0), (Value("a4", RankerFeature.AuthorEvents), Value("a3", RankerFeature.AuthorEvents)));
        Assert.InRange(Value("a1", RankerFeature.FactorCosine), 0.8f, 1f);
        Assert.InRange(Value("b1", RankerFeature.FactorCosine), 0.3f, 0.7f);
        Assert.Equal(1, Value("a0", RankerFeature.Popularity), 5);
        Assert.Equal(3.5f / 6, Value("a1", RankerFeature.ViewerWatchRatio), 5);
        Assert.All(Of("unheard"), value => Assert.True(float.IsFinite(value)));
    }
}
