using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;

namespace Recommender.Tests.Unit.Modeling.Trainers;

public sealed class PopularityTrainerTests
{
    [Fact]
    public void Items_are_scored_by_the_number_of_viewers()
    {
        var builder = new InteractionMatrixBuilder();
        foreach (var (user, item) in ((int, int)[])[(0, 1), (1, 1), (2, 1), (0, 3), (1, 3), (2, 0)]) builder.Add(user, item, 9f);
        var model = TrainerRegistry.Create("popularity").Train(new TrainingData(builder.Build(3, 5)));
        Assert.Equal([1f, 3f, 0f, 2f, 0f], model.ItemPopularity.ToArray());
        var scores = new float[10];
        model.Score([2, 0], scores);
        Assert.Equal([1f, 3f, 0f, 2f, 0f, 1f, 3f, 0f, 2f, 0f], scores);
        Assert.Null(model.ItemFactors);
        Assert.Null(model.FoldIn);
    }

    [Fact]
    public void Level_items_are_told_apart_by_fewer_dislikes_and_by_nothing_else()
    {
        var (liked, disliked) = (new InteractionMatrixBuilder(), new InteractionMatrixBuilder());
        foreach (var item in (int[])[0, 1, 2, 3]) liked.Add(0, item);
        liked.Add(1, 3);
        foreach (var (user, item) in ((int, int)[])[(1, 0), (2, 0), (1, 1), (2, 3), (1, 2)]) disliked.Add(user, item);
        var model = TrainerRegistry.Create("popularity").Train(new TrainingData(liked.Build(3, 4)) { Negatives = disliked.Build(3, 4) });
        var scores = model.ItemPopularity.ToArray();
        Assert.Equal(1f, scores[0]);
        Assert.True(scores[1] > scores[0]);
        Assert.Equal(scores[1], scores[2]);
        Assert.Equal(2f, scores[3]);
        Assert.Equal(1f, scores[1], 1e-6f);
    }

    [Fact]
    public void An_interaction_counts_half_at_the_half_life()
    {
        const uint Day = 86400;
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Last, TimeKind.UnixSeconds);
        builder.Add(0, 0, time: 100 * Day);
        builder.Add(0, 1, time: 97 * Day);
        builder.Add(1, 1, time: 94 * Day);
        var trainer = TrainerRegistry.Create("popularity", new Dictionary<string, string> { ["half_life_days"] = "3" });
        var scores = trainer.Train(new TrainingData(builder.Build(2, 2))).ItemPopularity.ToArray();
        Assert.Equal(1f, scores[0], 1e-6f);
        Assert.Equal(0.75f, scores[1], 1e-6f);
    }

    [Fact]
    public void An_interaction_counts_half_so_many_steps_before_the_viewers_newest()
    {
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Last, TimeKind.Order);
        builder.Add(0, 0, time: 0);
        builder.Add(0, 1, time: 1);
        builder.Add(0, 2, time: 2);
        builder.Add(1, 1, time: 0);
        var settings = new Dictionary<string, string> { ["half_life_steps"] = "1" };
        var scores = TrainerRegistry.Create("popularity", settings).Train(new TrainingData(builder.Build(2, 3))).ItemPopularity.ToArray();
        Assert.Equal([0.25f, 1.5f, 1f], scores);
        Assert.Throws<ParameterException>(
            () => TrainerRegistry.Create("popularity", settings).Train(new TrainingData(RandomData.TwoTastes(4, 4, seed: 1))));
    }

    [Theory]
    [InlineData(TimeKind.None)]
    [InlineData(TimeKind.Order)]
    public void A_half_life_without_times_is_refused(TimeKind kind)
    {
        var builder = new InteractionMatrixBuilder(DuplicatePolicy.Last, kind);
        builder.Add(0, 0);
        var trainer = TrainerRegistry.Create("popularity", new Dictionary<string, string> { ["half_life_days"] = "3" });
        var error = Assert.Throws<ParameterException>(() => trainer.Train(new TrainingData(builder.Build(1, 1))));
        Assert.Equal("The parameter 'half_life_days' of the trainer 'popularity' needs interactions with times, but this data has none.", error.Message);
    }

    [Fact]
    public void Nothing_to_learn_from_is_said_so() =>
        Assert.Throws<TrainingDataException>(() => TrainerRegistry.Create("popularity").Train(new TrainingData(InteractionMatrix.Empty(0, 0))));
}
