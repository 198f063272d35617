using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Weights;
using Recommender.Training.Running;

namespace Recommender.Tests.Unit.Training.Running;

public sealed class PromotionGateTests
{
    private static Trial Trial(string trainer, double score) => new(
        new Recipe(trainer, new Dictionary<string, string>(), new InteractionWeights()),
        new EvaluationResult([0], new Dictionary<string, double> { ["ndcg@20"] = score }, []), 0);

    private static GateVerdict Judge(double challenger, double popularity, string live, double? champion, string trainer = "ials") =>
        PromotionGate.Judge(Trial(trainer, challenger), Trial("popularity", popularity), live, champion is { } score ? Trial("ials", score) : null);

    [Fact]
    public void The_first_model_goes_live_whatever_it_is_worth() => Assert.True(Judge(0.01, 0.1, "", null).Promote);

    [Fact]
    public void A_model_that_does_not_beat_popularity_stays_out()
    {
        Assert.False(Judge(0.09, 0.1, "m1", 0.05).Promote);
        Assert.False(Judge(0.1, 0.1, "m1", 0.05).Promote);
        Assert.False(Judge(0.1, 0.1, "m1", null).Promote);
    }

    [Fact]
    public void A_model_that_is_worse_than_the_live_recipe_stays_out()
    {
        var verdict = Judge(0.2, 0.1, "m1", 0.21);
        Assert.False(verdict.Promote);
        Assert.Equal("ials reaches ndcg@20 0.2000, which is less than the live model's recipe: popularity 0.1000 and the recipe of m1 0.2100", verdict.Reason);
    }

    [Fact]
    public void A_model_as_good_as_the_live_recipe_is_fresher_and_goes_live()
    {
        Assert.True(Judge(0.2, 0.1, "m1", 0.2).Promote);
        Assert.True(Judge(0.3, 0.1, "m1", 0.2).Promote);
    }

    [Fact]
    public void A_live_recipe_that_cannot_be_followed_any_more_does_not_block() => Assert.True(Judge(0.2, 0.1, "m1", null).Promote);

    [Fact]
    public void A_popularity_model_need_not_beat_itself_but_the_live_recipe()
    {
        Assert.True(Judge(0.1, 0.1, "m1", 0.1, "popularity").Promote);
        Assert.False(Judge(0.1, 0.1, "m1", 0.2, "popularity").Promote);
    }
}
