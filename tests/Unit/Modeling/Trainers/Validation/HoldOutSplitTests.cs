using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Validation;

namespace Recommender.Tests.Unit.Modeling.Trainers.Validation;

public sealed class HoldOutSplitTests
{
    [Fact]
    public void A_bound_on_the_viewers_that_judge_changes_nothing_that_is_learned_from()
    {
        var split = HoldOutSplit.Of(new TrainingData(RandomData.TwoTastes(60, 30, seed: 1)));
        var judged = split.JudgedBy(10);
        Assert.Same(split.Fit, judged.Fit);
        var viewers = Enumerable.Range(0, 60).Where(v => judged.Relevant.RowLength(v) > 0).ToArray();
        Assert.Equal(10, viewers.Length);
        Assert.All(viewers, v => Assert.Equal(split.Relevant.RowColumns(v).ToArray(), judged.Relevant.RowColumns(v).ToArray()));
        Assert.True(viewers[0] < 6 && viewers[^1] >= 54, "they are spread evenly");
        Assert.Same(split, split.JudgedBy(60));
    }
}
