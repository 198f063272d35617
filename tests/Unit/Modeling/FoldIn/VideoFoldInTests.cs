using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Ials;
using Recommender.Tests.Unit.Modeling.Numerics;

namespace Recommender.Tests.Unit.Modeling.FoldIn;

public sealed class VideoFoldInTests
{
    [Fact]
    public void A_new_video_gets_the_vector_that_its_equations_ask_for()
    {
        var viewers = RandomData.Factors(80, 13, seed: 1);
        var settings = new FoldInSettings { UnobservedWeight = 0.2 };
        var result = new float[13];
        new VideoFoldIn(viewers.Data.ToArray(), 13, settings).Solve([3, 40, 79], [1f, 2f, 0.5f], result, share: 0.6f);
        var expected = SlowHalfStep.Solve(viewers, [3, 40, 79], [1f, 2f, 0.5f], settings, share: 0.6f);
        Assert.All(expected.Zip(result), p => Assert.Equal(p.First, p.Second, 1e-5));
    }

    [Fact]
    public void A_video_left_out_of_training_is_offered_to_the_right_viewers()
    {
        var all = RandomData.TwoTastes(200, 60, seed: 2);
        var without = new Recommender.Modeling.Sparse.InteractionMatrixBuilder();
        var fans = new List<int>();
        for (var viewer = 0; viewer < 200; viewer++)
        {
            foreach (var item in all.RowColumns(viewer))
            {
                if (item != 5) without.Add(viewer, item);
                else if (fans.Count < 12) fans.Add(viewer);
            }
        }

        var model = (FactorModel)new IalsTrainer(new IalsParameters { Factors = 8 }).Train(new TrainingData(without.Build(200, 60)));
        var video = new float[8];
        new VideoFoldIn(model.UserFactors.Data.ToArray(), 8, model.FoldIn).Solve([.. fans], [.. fans.Select(_ => 1f)], video);
        var scores = Enumerable.Range(0, 200).Select(v => model.UserFactors.Row(v).ToArray().Zip(video, (a, b) => a * b).Sum()).ToArray();
        Assert.True(Enumerable.Range(0, 200).Where(v => v % 2 == 1).Average(v => scores[v]) > 3 * Enumerable.Range(0, 200).Where(v => v % 2 == 0).Average(v => scores[v]));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var foldIn = new VideoFoldIn(new float[20], 2, new FoldInSettings());
        Assert.Equal((2, 10), (foldIn.Factors, foldIn.ViewerCount));
        Assert.Throws<ArgumentOutOfRangeException>(() => foldIn.Solve([10], [1f], new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => foldIn.Solve([1], [float.PositiveInfinity], new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => foldIn.Solve([1], [1f], new float[2], share: float.NaN));
        Assert.Throws<ArgumentException>(() => foldIn.Solve([1], [], new float[2]));
        Assert.Throws<ArgumentException>(() => new VideoFoldIn(new float[9], 2, new FoldInSettings()));
    }
}
