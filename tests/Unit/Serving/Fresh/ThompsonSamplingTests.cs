using Recommender.Serving;
using Recommender.Serving.Candidates;
using Recommender.Serving.Catalog;
using Recommender.Serving.Fresh;
using Recommender.Serving.Pipeline;
using Recommender.V1;

namespace Recommender.Tests.Unit.Serving.Fresh;

public class ThompsonSamplingTests
{
    [Fact]
    public void Draws_have_the_mean_and_the_spread_of_the_beta_distribution()
    {
        var random = new Random(5);
        var draws = Enumerable.Range(0, 20_000).Select(_ => ThompsonSampling.Beta(random, 3, 9)).ToArray();
        var mean = draws.Average();
        Assert.Equal(0.25, mean, 2);
        // a b / ((a + b)^2 (a + b + 1))
        Assert.Equal(27.0 / (144 * 13), draws.Average(x => (x - mean) * (x - mean)), 3);
    }

    [Fact]
    public void Chances_add_up_and_go_with_what_is_believed()
    {
        var chances = ThompsonSampling.Chances([(50, 100), (5, 100), (0, 0)], new Random(1), 4000);
        Assert.Equal(1, chances.Sum(), 9);
        // An unknown arm is above 0.5 in about half of the draws.
        Assert.InRange(chances[0], 0.45, 0.55);
        Assert.InRange(chances[2], 0.45, 0.55);
        Assert.InRange(chances[1], 0, 0.01);
        Assert.True(chances[1] > 0);
    }

    [Fact]
    public async Task What_is_told_as_propensity_is_how_often_a_video_is_drawn()
    {
        var options = new ServingOptions { FreshShare = 0.05, FreshEpsilon = 0.2 };
        var catalog = new VideoCatalog(options);
        var board = new FreshBoard(catalog);
        string[] ids = ["w", "x", "y", "z"];
        double[] best = [0.7, 0.2, 0.09, 0.01];
        foreach (var id in ids) catalog.Upsert(id, "", Queries.Now.ToUnixTimeMilliseconds());
        board.Publish(new FreshChances(ids.Select((id, i) => (id, new FreshChance(best[i], 0))).ToDictionary()));
        var source = new FreshSource(catalog, board, new Random(3));
        // Two places: frequency per ordered pair, against the product of the told propensities.
        var (drawn, told) = (new Dictionary<(string, string), int>(), new Dictionary<(string, string), double>());
        const int Rounds = 20_000;
        for (var round = 0; round < Rounds; round++)
        {
            var sink = new CandidateSink(0, [], []);
            await source.ProposeAsync(Queries.Create(count: 40, options: options), sink, TestContext.Current.CancellationToken);
            var pair = (sink.Candidates[0].VideoId, sink.Candidates[1].VideoId);
            drawn[pair] = drawn.GetValueOrDefault(pair) + 1;
            told[pair] = sink.Candidates[0].Propensity * sink.Candidates[1].Propensity;
        }
        Assert.Equal(12, drawn.Count);
        Assert.Equal(1, told.Values.Sum(), 6);
        foreach (var (pair, count) in drawn)
            Assert.InRange(count, (Rounds * told[pair]) - (5 * Math.Sqrt(Rounds * told[pair])), (Rounds * told[pair]) + (5 * Math.Sqrt(Rounds * told[pair])));
        Assert.Equal(((0.2 / 4) + (0.8 * 0.7)) * ((0.2 / 3) + (0.8 * 0.2 / 0.3)), told[("w", "x")], 9);
    }

    [Fact]
    public async Task A_video_that_was_shown_often_enough_is_explored_no_more()
    {
        var options = new ServingOptions { FreshShare = 0.5, FreshImpressionCap = 3 };
        var catalog = new VideoCatalog(options);
        var board = new FreshBoard(catalog);
        foreach (var id in (string[])["here", "elsewhere", "new"]) catalog.Upsert(id, "", Queries.Now.ToUnixTimeMilliseconds());
        for (var i = 0; i < 3; i++)
            board.After(Queries.Create(), new RecommendResponse { Videos = { new RecommendedVideo { VideoId = "here", Source = Source.Fresh }, new RecommendedVideo { VideoId = "new", Source = Source.Trending } } });
        board.Publish(new FreshChances(new Dictionary<string, FreshChance> { ["elsewhere"] = new(0.5, 3), ["new"] = new(0.5, 2) }));
        var sink = new CandidateSink(0, [], []);
        await new FreshSource(catalog, board, new Random(1)).ProposeAsync(Queries.Create(options: options), sink, TestContext.Current.CancellationToken);
        Assert.Equal("new", Assert.Single(sink.Candidates).VideoId);
    }
}
