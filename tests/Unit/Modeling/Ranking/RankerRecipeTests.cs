using Recommender.Modeling.Ranking;

namespace Recommender.Tests.Unit.Modeling.Ranking;

public class RankerRecipeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static double LikeOf(RankerNetwork network, ReadOnlySpan<float> features)
    {
        Span<float> expected = stackalloc float[OutcomeWeights.Count];
        network.Score(features, expected);
        return expected[0];
    }

    [Fact]
    public void It_learns_how_likely_a_like_is_and_leaves_the_place_out()
    {
        var data = RankerAudience.Create(4000, placeEffect: 0.3);
        var (ranker, passes, _) = RankerRecipe.Fit(data, data.Count, seed: 1, Token);
        Assert.InRange(passes, 1, 20);
        var (error, told, were) = (0.0, 0.0, 0.0);
        for (var i = 0; i < 2000; i++)
        {
            var chance = 1 / (1 + Math.Exp(-RankerAudience.LikeOdds(data.FeaturesOf(i))));
            var learned = LikeOf(ranker.Network, data.FeaturesOf(i));
            (error, told, were) = (error + Math.Abs(learned - chance), told + learned, were + chance);
        }
        Assert.InRange(error / 2000, 0, 0.07);
        // At the tenth place hardly a tenth of the odds are left; without the places' biases expectations would be far too low.
        Assert.InRange(told / were, 0.85, 1.15);
    }

    [Fact]
    public void It_orders_impressions_better_than_the_blend_where_there_is_more_to_know()
    {
        var data = RankerAudience.Create(3000);
        var begin = data.CutAt(0.8);
        var (ranker, _, _) = RankerRecipe.Fit(data, begin, seed: 1, Token);
        double[] Scores(Func<int, double> of) => [.. Enumerable.Range(begin, data.Count - begin).Select(of)];
        var learned = ImpressionQuality.Of(data, begin, Scores(i => LikeOf(ranker.Network, data.FeaturesOf(i))), OutcomeWeights.Default);
        var blend = ImpressionQuality.Of(data, begin, Scores(i => data.FeaturesOf(i)[(int)RankerFeature.BlendScore]), OutcomeWeights.Default);
        Assert.True(learned.LikeAuc > blend.LikeAuc + 0.1, $"{learned.LikeAuc} and {blend.LikeAuc}");
        Assert.True(learned.ViewerAuc > blend.ViewerAuc + 0.1);
        Assert.True(learned.Ndcg > blend.Ndcg + 0.05);
    }

    [Fact]
    public void The_same_impressions_and_seed_give_the_same_ranker()
    {
        var data = RankerAudience.Create(200);
        var networks = Enumerable.Range(0, 2).Select(_ => RankerRecipe.Fit(data, data.Count, seed: 3, Token).Ranker.Network).ToArray();
        Assert.Equal(networks[0].HiddenWeights, networks[1].HiddenWeights);
        Assert.Equal(networks[0].OutputBiases, networks[1].OutputBiases);
        Assert.NotEqual(networks[0].HiddenWeights, RankerRecipe.Fit(data, data.Count, seed: 4, Token).Ranker.Network.HiddenWeights);
    }

    [Fact]
    public void A_feature_that_never_changes_and_outcomes_that_never_happen_do_no_harm()
    {
        var features = new float[300 * RankerFeatures.Count];
        var outcomes = new float[300 * OutcomeWeights.Count];
        int[] numbers = [.. Enumerable.Range(0, 300).Select(i => i / 10)];
        var data = new RankerData(features, outcomes, [.. numbers.Select((_, i) => i % 10)], numbers, numbers);
        var (ranker, _, _) = RankerRecipe.Fit(data, data.Count, seed: 1, Token);
        Assert.InRange(LikeOf(ranker.Network, features.AsSpan(0, RankerFeatures.Count)), 0, 0.01);
        float[] far = [.. Enumerable.Repeat(1e9f, RankerFeatures.Count)];
        Assert.InRange(LikeOf(ranker.Network, far), 0, 0.01);
    }

    [Fact]
    public void A_fitted_line_finds_the_odds_again()
    {
        var random = new Random(5);
        double[] scores = [.. Enumerable.Range(0, 20_000).Select(_ => (4 * random.NextDouble()) - 2)];
        double[] outcomes = [.. scores.Select(s => random.NextDouble() < 1 / (1 + Math.Exp(-((1.5 * s) - 1))) ? 1.0 : 0.0)];
        var line = OddsLine.Fit(scores, outcomes);
        Assert.InRange(line.Slope, 1.4, 1.6);
        Assert.InRange(line.Intercept, -1.1, -0.9);
    }

    [Fact]
    public void Level_scores_are_worth_the_mean_of_their_orders()
    {
        var data = RankerAudience.Create(50);
        var quality = ImpressionQuality.Of(data, 0, new double[data.Count], OutcomeWeights.Default);
        Assert.Equal(0.5, quality.LikeAuc, 12);
        Assert.Equal(0.5, quality.ViewerAuc, 12);
        Assert.InRange(quality.Ndcg, 0.3, 0.9);
    }
}
