using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Ials;

namespace Recommender.Tests.Unit.Modeling.Trainers;

public sealed class WarmStartTests
{
    private static readonly IalsParameters Small = new() { Factors = 8, Iterations = 10, WarmIterations = 2, UnobservedWeight = 0.1, Regularization = 0.01, PopularityExponent = 0 };

    [Fact]
    public void A_run_goes_on_where_an_earlier_model_was()
    {
        var (before, after) = (RandomData.TwoTastes(150, 60, seed: 1), RandomData.TwoTastes(151, 60, seed: 1));
        double Objective(WarmStart? start, int iterations)
        {
            var parameters = Small with { Iterations = iterations, WarmIterations = iterations };
            var model = new IalsTrainer(parameters).Train(new TrainingData(after) { WarmStart = start });
            return SlowObjective.Of(after, model.UserFactors!, model.ItemFactors!, parameters);
        }

        var earlier = new IalsTrainer(Small).Train(new TrainingData(before)).ItemFactors!;
        Assert.True(Objective(new WarmStart(earlier), 1) < Objective(null, 5), "one warm pass is worth more than five cold ones");
    }

    [Fact]
    public void Passes_are_those_of_a_warm_run()
    {
        var data = new TrainingData(RandomData.TwoTastes(30, 20, seed: 1));
        var earlier = new IalsTrainer(Small).Train(data).ItemFactors!;
        var told = new List<TrainingProgress>();
        new IalsTrainer(Small).Train(data with { WarmStart = new WarmStart(earlier) }, told.Add);
        Assert.Equal([(0, 2), (1, 2), (2, 2)], told.Select(p => (p.Iteration, p.Iterations)));
    }

    [Fact]
    public void A_video_that_the_earlier_model_did_not_know_gets_factors_in_the_first_pass()
    {
        var interactions = RandomData.TwoTastes(100, 40, seed: 3);
        var earlier = new IalsTrainer(Small).Train(new TrainingData(interactions)).ItemFactors!;
        var without = new FactorMatrix(40, 8, [.. earlier.Data.ToArray().Select((x, i) => i / 8 == 7 ? 0f : x)]);
        var model = new IalsTrainer(Small with { WarmIterations = 1 }).Train(new TrainingData(interactions) { WarmStart = new WarmStart(without) });
        var scores = new float[40];
        var (own, other) = (0.0, 0.0);
        for (var viewer = 0; viewer < 100; viewer++)
        {
            model.Score([viewer], scores);
            if (viewer % 2 == 1) own += scores[7];
            else other += scores[7];
        }

        Assert.True(own > 3 * other, $"{own} {other}");
    }

    [Theory]
    [InlineData(IalsSolver.Auto)]
    [InlineData(IalsSolver.Cg)]
    [InlineData(IalsSolver.Exact)]
    public void Viewers_are_what_their_histories_fold_into_whatever_the_threads(IalsSolver solver)
    {
        var data = new TrainingData(RandomData.Interactions(400, 150, 0.1, seed: 4, withConfidence: true));
        var parameters = Small with { Solver = solver, Factors = 12, UnobservedWeight = null, Regularization = null };
        var start = new WarmStart(new IalsTrainer(parameters).Train(new TrainingData(RandomData.Interactions(400, 150, 0.1, seed: 5))).ItemFactors!);
        FactorModel Train(int threads) => (FactorModel)new IalsTrainer(parameters with { Threads = threads }).Train(data with { WarmStart = start });
        var model = Train(1);
        AssertFolded(model, data, within: 3e-3);
        foreach (var threads in (int[])[2, 5])
        {
            var again = Train(threads);
            Assert.Equal(model.ItemFactors.Data, again.ItemFactors.Data);
            Assert.Equal(model.UserFactors.Data, again.UserFactors.Data);
        }
    }

    [Fact]
    public void Videos_that_are_nearly_solved_stay_where_they_are()
    {
        var data = new TrainingData(RandomData.TwoTastes(300, 80, seed: 6));
        var cold = (FactorModel)new IalsTrainer(Small with { Iterations = 3 }).Train(data);
        var warm = (FactorModel)new IalsTrainer(Small with { WarmIterations = 1 }).Train(data with { WarmStart = new WarmStart(cold.ItemFactors) });
        for (var i = 0; i < cold.ItemFactors.Data.Length; i++) Assert.Equal(cold.ItemFactors.Data[i], warm.ItemFactors.Data[i], 1e-4);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(400)]
    public void Viewers_of_new_videos_are_solved_once_more(int unknown)
    {
        var data = new TrainingData(RandomData.Interactions(400, 2000, 0.02, seed: 7));
        var earlier = new IalsTrainer(Small).Train(data).ItemFactors!;
        var known = new FactorMatrix(2000, 8, [.. earlier.Data.ToArray().Select((x, i) => i / 8 < unknown ? 0f : x)]);
        FactorModel Train(int threads) =>
            (FactorModel)new IalsTrainer(Small with { WarmIterations = 1, Threads = threads }).Train(data with { WarmStart = new WarmStart(known) });
        var model = Train(1);
        for (var item = 0; item < unknown; item++) Assert.Equal(data.Interactions.ColumnLengths()[item] > 0, model.ItemFactors.Row(item).ContainsAnyExcept(0f));
        AssertFolded(model, data, within: 1e-2);
        Assert.Equal(model.UserFactors.Data, Train(3).UserFactors.Data);
    }

    [Fact]
    public void Factors_follow_their_ids()
    {
        var start = WarmStart.Map(new FactorMatrix(2, 2, [1, 2, 3, 4]), ["a", "b"], ["b", "new", "a"]);
        Assert.Equal([3, 4, 0, 0, 1, 2], start.ItemFactors.Data.ToArray());
        Assert.Throws<ArgumentException>(() => WarmStart.Map(new FactorMatrix(2, 2), ["a"], ["a"]));
    }

    [Fact]
    public void A_start_that_does_not_fit_is_refused()
    {
        var data = new TrainingData(RandomData.TwoTastes(30, 20, seed: 1));
        Assert.Throws<ArgumentException>(() => new IalsTrainer(Small).Train(data with { WarmStart = new WarmStart(new FactorMatrix(19, 8)) }));
        var error = Assert.Throws<ParameterException>(() => new IalsTrainer(Small).Train(data with { WarmStart = new WarmStart(new FactorMatrix(20, 7)) }));
        Assert.Equal("The parameter 'factors' is 8, but the model to begin with has 7.", error.Message);
    }

    private static void AssertFolded(FactorModel model, TrainingData data, double within)
    {
        var foldIn = new ViewerFoldIn(model.ItemFactors.Data.ToArray(), model.ItemFactors.Factors, model.FoldIn);
        for (var viewer = 0; viewer < model.ViewerCount; viewer++)
        {
            var expected = foldIn.Solve(data.Interactions.RowColumns(viewer), data.Interactions.RowValues(viewer));
            var (distance, length) = (0.0, 0.0);
            for (var i = 0; i < expected.Length; i++)
                (distance, length) = (distance + Math.Pow(expected[i] - model.UserFactors.Row(viewer)[i], 2), length + Math.Pow(expected[i], 2));
            if (length > 0) Assert.InRange(Math.Sqrt(distance / length), 0, within);
        }
    }
}
