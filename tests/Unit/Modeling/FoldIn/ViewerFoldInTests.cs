using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Trainers;

namespace Recommender.Tests.Unit.Modeling.FoldIn;

public sealed class ViewerFoldInTests
{
    [Theory]
    [InlineData("linear", "0")]
    [InlineData("log", "0.4")]
    public void A_history_folds_into_the_bits_that_training_gave_the_viewer(string confidence, string popularityExponent)
    {
        var interactions = RandomData.Interactions(60, 40, 0.2, seed: 1, withConfidence: true);
        var trainer = TrainerRegistry.Create("ials", new Dictionary<string, string>
        {
            ["factors"] = "19", ["confidence"] = confidence, ["popularity_exponent"] = popularityExponent,
        });
        var model = trainer.Train(new TrainingData(interactions));
        var foldIn = new ViewerFoldIn(model.ItemFactors!.Data.ToArray(), 19, model.FoldIn!);
        for (var viewer = 0; viewer < interactions.RowCount; viewer++)
            Assert.Equal(model.UserFactors!.Row(viewer), foldIn.Solve(interactions.RowColumns(viewer), interactions.RowValues(viewer)));
    }

    [Fact]
    public void Nothing_is_allocated_besides_the_result()
    {
        var foldIn = Create(500, 64);
        int[] items = [.. Enumerable.Range(0, 50)];
        float[] values = [.. items.Select(i => 1f + i)];
        var destination = new float[64];
        Assert.Equal(0, Allocated.By(() =>
        {
            for (var i = 0; i < 100; i++) foldIn.Solve(items, values, destination);
        }));
    }

    [Fact]
    public void Concurrent_viewers_do_not_disturb_each_other()
    {
        var foldIn = Create(200, 33);
        var expected = Enumerable.Range(0, 200).Select(v => foldIn.Solve([v, (v + 7) % 200], [1f, 2f])).ToArray();
        Parallel.For(0, 2000, i => Assert.Equal(expected[i % 200], foldIn.Solve([i % 200, ((i % 200) + 7) % 200], [1f, 2f])));
    }

    [Fact]
    public void A_viewer_without_interactions_gets_zeros() => Assert.Equal(new float[8], Create(10, 8).Solve([], []));

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var foldIn = Create(10, 8);
        Assert.Throws<ArgumentException>(() => foldIn.Solve([1, 2], [1f]));
        Assert.Throws<ArgumentException>(() => foldIn.Solve([1], [1f], new float[7]));
        Assert.Throws<ArgumentOutOfRangeException>(() => foldIn.Solve([10], [1f]));
        Assert.Throws<ArgumentOutOfRangeException>(() => foldIn.Solve([-1], [1f]));
        Assert.Throws<ArgumentOutOfRangeException>(() => foldIn.Solve([1], [0f]));
        Assert.Throws<ArgumentOutOfRangeException>(() => foldIn.Solve([1], [float.NaN]));
        Assert.Throws<ArgumentException>(() => new ViewerFoldIn(new float[9], 2, new FoldInSettings()));
    }

    private static ViewerFoldIn Create(int items, int factors) =>
        new(RandomData.Factors(items, factors, seed: 2).Data.ToArray(), factors, new FoldInSettings());
}
