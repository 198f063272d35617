using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Ials;

namespace Recommender.Tests.Unit.Modeling.Trainers;

/// <summary>Viewers of two tastes: each likes ten videos of its own and a neutral one, and dislikes one that the other taste never meets.</summary>
public sealed class IalsDislikeTests
{
    private const int Viewers = 60;
    private const int Items = 23;
    private const int Neutral = 20;
    private static readonly IalsParameters Small = new() { Factors = 8, Iterations = 8, UnobservedWeight = 0.1, Regularization = 0.005 };

    private static TrainingData Data()
    {
        var random = new Random(1);
        var (likes, dislikes) = (new InteractionMatrixBuilder(), new InteractionMatrixBuilder());
        for (var viewer = 0; viewer < Viewers; viewer++)
        {
            var taste = viewer % 2;
            for (var n = 0; n < 10; n++)
            {
                if (random.NextDouble() < 0.6) likes.Add(viewer, (10 * taste) + n);
            }

            likes.Add(viewer, Neutral);
            dislikes.Add(viewer, Neutral + 1 + taste, 2f);
        }

        return new TrainingData(likes.Build(Viewers, Items)) { Negatives = dislikes.Build(Viewers, Items) };
    }

    private static (float First, float Second) Tastes(FactorModel model, int[] history)
    {
        var scores = new float[Items];
        model.ScoreHistory(history, [.. history.Select(_ => 1f)], scores);
        return (scores[..10].Sum(), scores[10..20].Sum());
    }

    [Fact]
    public void What_a_dislike_says_of_other_videos_is_learned()
    {
        var model = (FactorModel)new IalsTrainer(Small).Train(Data());
        Assert.Equal((Items, Items), (model.ItemCount, model.DislikeFactors!.RowCount));
        var (first, second) = Tastes(model, [Neutral, Items + Neutral + 1]);
        Assert.True(first > 3 * second, $"who dislikes what the first taste dislikes: {first} {second}");
        (first, second) = Tastes(model, [Neutral, Items + Neutral + 2]);
        Assert.True(second > 3 * first, $"who dislikes what the second taste dislikes: {first} {second}");
    }

    [Fact]
    public void A_viewers_vector_folds_in_from_likes_and_dislikes_bit_for_bit()
    {
        var (data, parameters) = (Data(), Small with { NegativeWeight = 0.7 });
        var model = (FactorModel)new IalsTrainer(parameters).Train(data);
        var foldIn = new ViewerFoldIn(
            new[] { model.ItemFactors, model.DislikeFactors! }.SelectMany(f => f.Data.ToArray()).ToArray(), parameters.Factors, parameters.FoldIn);
        for (var viewer = 0; viewer < Viewers; viewer++)
        {
            int[] rows = [.. data.Interactions.RowColumns(viewer), .. data.Negatives!.RowColumns(viewer).ToArray().Select(v => Items + v)];
            float[] values = [.. data.Interactions.RowValues(viewer), .. data.Negatives.RowValues(viewer).ToArray().Select(v => (float)(0.7 * v))];
            Assert.Equal(model.UserFactors.Row(viewer).ToArray(), foldIn.Solve(rows, values));
        }
    }

    [Fact]
    public void Turned_off_they_change_no_bit()
    {
        var off = (FactorModel)new IalsTrainer(Small with { UseNegatives = false }).Train(Data());
        var without = (FactorModel)new IalsTrainer(Small).Train(Data() with { Negatives = null });
        Assert.Null(off.DislikeFactors);
        Assert.Equal(without.ItemFactors.Data, off.ItemFactors.Data);
        Assert.Equal(without.UserFactors.Data, off.UserFactors.Data);
    }

    [Fact]
    public void The_ridge_that_is_left_to_the_data_grows_with_the_root_of_what_was_met_per_like()
    {
        var left = new IalsParameters { Factors = 8 };
        var data = new TrainingData(RandomData.Interactions(60, 40, 0.05, seed: 1)) { Negatives = RandomData.Interactions(60, 40, 0.5, seed: 2) };
        var signed = SignedData.Of(data, left);
        var plain = left.Resolve(signed.Joined.Interactions);
        var perLike = 1 + (data.Negatives.Count / (double)data.Interactions.Count);
        var model = (FactorModel)new IalsTrainer(left).Train(data);
        // Of so few rows the ridge is 1.8 times that of many, with dislikes or without.
        Assert.Equal(Math.Sqrt(perLike) / 1.8 * plain.Regularization!.Value, model.FoldIn!.Regularization, 1e-6);
        Assert.Equal(plain.UnobservedWeight!.Value, model.FoldIn.UnobservedWeight);
        Assert.Equal(Small.Regularization, signed.Resolve(Small).Regularization);
        var off = left with { UseNegatives = false };
        Assert.Equal(off.Resolve(data.Interactions), SignedData.Of(data, off).Resolve(off));
    }

    [Fact]
    public void A_warm_run_goes_on_with_what_dislikes_said()
    {
        var earlier = (FactorModel)new IalsTrainer(Small).Train(Data());
        string[] ids = [.. Enumerable.Range(0, Items).Select(i => $"v{i:00}")];
        var start = WarmStart.Map(earlier.ItemFactors, ids, ids, earlier.DislikeFactors);
        Assert.Equal(earlier.DislikeFactors!.Data, start.DislikeFactors!.Data);
        var data = SignedData.Of(Data() with { WarmStart = start }, Small);
        Assert.Equal([.. earlier.ItemFactors.Data, .. earlier.DislikeFactors.Data], data.Joined.WarmStart!.ItemFactors.Data.ToArray());
        var model = (FactorModel)new IalsTrainer(Small with { WarmIterations = 1 }).Train(Data() with { WarmStart = start });
        var (first, second) = Tastes(model, [Neutral, Items + Neutral + 1]);
        Assert.True(first > 3 * second, $"{first} {second}");
    }

    [Fact]
    public void A_start_without_dislikes_learns_them_in_the_first_pass()
    {
        var earlier = (FactorModel)new IalsTrainer(Small with { UseNegatives = false }).Train(Data());
        var model = (FactorModel)new IalsTrainer(Small with { WarmIterations = 1 }).Train(Data() with { WarmStart = new WarmStart(earlier.ItemFactors) });
        var (first, second) = Tastes(model, [Neutral, Items + Neutral + 1]);
        Assert.True(first > 3 * second, $"{first} {second}");
    }

    [Fact]
    public void A_look_at_a_run_ranks_the_videos_alone()
    {
        var counts = new List<int>();
        new IalsTrainer(Small).Train(Data(), p => counts.Add(p.Current?.Invoke().ItemCount ?? Items));
        Assert.All(counts, count => Assert.Equal(Items, count));
    }
}
