using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Ials;

namespace Recommender.Tests.Unit.Modeling.Trainers;

public sealed class IalsBadInputTests
{
    public static TheoryData<IalsSolver, int> SolversAndFactors()
    {
        var cases = new TheoryData<IalsSolver, int>();
        foreach (var solver in Enum.GetValues<IalsSolver>())
        {
            foreach (var factors in (int[])[1, 7, 130, 1024]) cases.Add(solver, factors);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(SolversAndFactors))]
    public void Any_number_of_factors_gives_finite_ones(IalsSolver solver, int factors) =>
        AssertFinite(Train(RandomData.Interactions(20, 15, 0.3, seed: 1, withConfidence: true), new IalsParameters { Factors = factors, Solver = solver, Iterations = 2 }));

    [Theory]
    [InlineData(IalsSolver.Exact)]
    [InlineData(IalsSolver.Cg)]
    public void One_viewer_with_a_million_videos_gives_finite_factors(IalsSolver solver)
    {
        var builder = new InteractionMatrixBuilder();
        for (var video = 0; video < 1_000_000; video++) builder.Add(0, video);
        for (var video = 0; video < 50; video++) builder.Add(1, video * 3);
        var model = Train(builder.Build(2, 1_000_000), new IalsParameters { Factors = 5, Solver = solver, Iterations = 1 });
        Assert.False(model.UserFactors!.Data.ContainsAnyExceptInRange(-1e9f, 1e9f));
        Assert.False(model.ItemFactors!.Data.ContainsAnyExceptInRange(-1e9f, 1e9f));
        Assert.True(model.UserFactors.Row(0).ContainsAnyExcept(0f));
    }

    [Theory]
    [InlineData(IalsSolver.Exact)]
    [InlineData(IalsSolver.Cg)]
    public void Everybody_choosing_everything_equally_often_gives_equal_scores(IalsSolver solver)
    {
        var model = Train(RandomData.Interactions(12, 9, 1.0, seed: 1), new IalsParameters { Factors = 4, Solver = solver, Iterations = 8 });
        AssertFinite(model);
        var scores = new float[12 * 9];
        model.Score([.. Enumerable.Range(0, 12)], scores);
        Assert.All(scores, score => Assert.Equal(scores.Average(), score, 0.05f));
    }

    [Fact]
    public void Without_weight_of_the_unobserved_and_hardly_a_ridge_factors_stay_finite()
    {
        foreach (var solver in Enum.GetValues<IalsSolver>())
            AssertFinite(Train(RandomData.Interactions(30, 20, 0.2, seed: 2), new IalsParameters { Factors = 40, Solver = solver, UnobservedWeight = 0, Regularization = 1e-9 }));
    }

    private static IScoringModel Train(InteractionMatrix interactions, IalsParameters parameters) => new IalsTrainer(parameters).Train(new TrainingData(interactions));

    private static void AssertFinite(IScoringModel model)
    {
        Assert.All(model.ItemFactors!.Data.ToArray(), x => Assert.True(float.IsFinite(x)));
        Assert.All(model.UserFactors!.Data.ToArray(), x => Assert.True(float.IsFinite(x)));
    }
}
