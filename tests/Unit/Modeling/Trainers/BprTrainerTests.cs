using Recommender.Modeling.Trainers;

namespace Recommender.Tests.Unit.Modeling.Trainers;

public sealed class BprTrainerTests
{
    [Fact]
    public void Two_tastes_are_told_apart()
    {
        var data = RandomData.TwoTastes(100, 40, seed: 1);
        var model = Train(data, "1");
        var scores = new float[40];
        var right = 0;
        for (var viewer = 0; viewer < 100; viewer++)
        {
            model.Score([viewer], scores);
            var unseen = Enumerable.Range(0, 40).Where(i => !data.Contains(viewer, i)).MaxBy(i => scores[i]);
            if (unseen % 2 == viewer % 2) right++;
        }

        Assert.InRange(right, 95, 100);
    }

    [Fact]
    public void A_seed_gives_the_same_bits_and_another_seed_others()
    {
        var data = RandomData.TwoTastes(40, 20, seed: 2);
        var first = Train(data, "1");
        Assert.Equal(first.ItemFactors!.Data, Train(data, "1").ItemFactors!.Data);
        Assert.False(first.ItemFactors.Data.SequenceEqual(Train(data, "2").ItemFactors!.Data));
    }

    [Fact]
    public void Where_everything_is_liked_there_is_nothing_to_compare()
    {
        var model = Train(RandomData.Interactions(4, 3, 1.1, seed: 1), "1");
        Assert.All(model.ItemFactors!.Data.ToArray(), x => Assert.True(float.IsFinite(x)));
    }

    private static IScoringModel Train(Recommender.Modeling.Sparse.InteractionMatrix data, string seed) =>
        TrainerRegistry.Create("bpr", new Dictionary<string, string> { ["factors"] = "8", ["iterations"] = "60", ["seed"] = seed }).Train(new TrainingData(data));
}
