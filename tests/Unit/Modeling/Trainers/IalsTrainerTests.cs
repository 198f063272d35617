using Recommender.Modeling.Numerics;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Ials;
using Recommender.Tests.Unit.Modeling.Numerics;

namespace Recommender.Tests.Unit.Modeling.Trainers;

public sealed class IalsTrainerTests
{
    private static readonly IalsParameters Small = new() { Factors = 11, Iterations = 3, UnobservedWeight = 0.05, Regularization = 0.01, PopularityExponent = 0.4 };

    public static TheoryData<IalsSolver> Solvers() => [.. Enum.GetValues<IalsSolver>()];

    [Theory]
    [MemberData(nameof(Solvers))]
    public void The_objective_falls_with_every_half_step(IalsSolver solver)
    {
        var byUser = RandomData.Interactions(50, 30, 0.15, seed: 1, withConfidence: true);
        var parameters = Small with { PopularityExponent = 0, RegularizationExponent = 0.8, Solver = solver };
        var run = new IalsRun(new TrainingData(byUser), parameters, CancellationToken.None);
        var previous = double.PositiveInfinity;
        for (var iteration = 0; iteration < 6; iteration++)
        {
            run.SolveUsers();
            var afterUsers = SlowObjective.Of(byUser, run.Users.ToMatrix(), run.Items.ToMatrix(), parameters);
            Assert.True(afterUsers < previous, $"{afterUsers} after {previous}");
            run.SolveItems();
            previous = SlowObjective.Of(byUser, run.Users.ToMatrix(), run.Items.ToMatrix(), parameters);
            Assert.True(previous < afterUsers, $"{previous} after {afterUsers}");
        }
    }

    [Fact]
    public void Every_exact_half_step_equals_the_slow_one()
    {
        var byUser = RandomData.Interactions(30, 25, 0.2, seed: 2, withConfidence: true);
        var parameters = Small with { PopularityExponent = 0.5, Solver = IalsSolver.Exact };
        var run = new IalsRun(new TrainingData(byUser), parameters, CancellationToken.None);
        run.SolveUsers();
        AssertSolves(byUser, run.Items.ToMatrix(), run.Users.ToMatrix(), parameters, _ => 1f);
        var counts = byUser.ColumnLengths();
        var meanRoot = counts.Where(n => n > 0).Average(n => Math.Sqrt(n));
        run.SolveItems();
        AssertSolves(byUser.Transpose(), run.Users.ToMatrix(), run.Items.ToMatrix(), parameters, item => (float)(Math.Sqrt(counts[item]) / meanRoot));
    }

    [Fact]
    public void All_solvers_come_to_an_equally_good_model()
    {
        var interactions = RandomData.TwoTastes(120, 70, seed: 8);
        double Objective(IalsSolver solver)
        {
            var parameters = Small with { PopularityExponent = 0, Iterations = 60, Solver = solver };
            var model = new IalsTrainer(parameters).Train(new TrainingData(interactions));
            return SlowObjective.Of(interactions, model.UserFactors!, model.ItemFactors!, parameters);
        }

        var exact = Objective(IalsSolver.Exact);
        foreach (var solver in Enum.GetValues<IalsSolver>()) Assert.InRange(Objective(solver) / exact, 0.98, 1.02);
    }

    [Fact]
    public void A_half_step_allocates_nothing_per_row()
    {
        foreach (var solver in Enum.GetValues<IalsSolver>())
        {
            long AllocatedFor(int users, double density)
            {
                var run = new IalsRun(new TrainingData(RandomData.Interactions(users, 100, density, seed: 9)), Small with { Threads = 1, Solver = solver }, CancellationToken.None);
                run.Iterate();
                // The least of some passes: handing out work may cost a few kilobytes more in one of them.
                return Enumerable.Range(0, 5).Min(_ =>
                {
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    run.Iterate();
                    return GC.GetAllocatedBytesForCurrentThread() - before;
                });
            }

            // The room for the longest row is the same.
            Assert.InRange(AllocatedFor(20_000, 0.1) - AllocatedFor(10_000, 0.2), -8192, 8192);
        }
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void The_result_has_the_same_bits_for_any_number_of_threads(IalsSolver solver)
    {
        var data = new TrainingData(RandomData.Interactions(700, 300, 0.03, seed: 3, withConfidence: true));
        var alone = new IalsTrainer(Small with { Threads = 1, Solver = solver }).Train(data);
        foreach (var threads in (int[])[2, 3, 4, 7])
        {
            var together = new IalsTrainer(Small with { Threads = threads, Solver = solver }).Train(data);
            Assert.Equal(alone.ItemFactors!.Data, together.ItemFactors!.Data);
            Assert.Equal(alone.UserFactors!.Data, together.UserFactors!.Data);
        }
    }

    [Fact]
    public void The_seed_decides_the_start()
    {
        var data = new TrainingData(RandomData.Interactions(40, 30, 0.2, seed: 4));
        float[] Train(int seed) => new IalsTrainer(Small with { Seed = seed }).Train(data).ItemFactors!.Data.ToArray();
        Assert.Equal(Train(5), Train(5));
        Assert.NotEqual(Train(5), Train(6));
    }

    [Fact]
    public void Viewers_are_offered_the_rest_of_what_their_kind_chooses()
    {
        var interactions = RandomData.TwoTastes(100, 60, seed: 5);
        var model = new IalsTrainer(new IalsParameters { Factors = 8 }).Train(new TrainingData(interactions));
        var scores = new float[60];
        var (own, all) = (0, 0);
        for (var viewer = 0; viewer < 100; viewer++)
        {
            model.Score([viewer], scores);
            var best = Enumerable.Range(0, 60).Where(i => !interactions.Contains(viewer, i)).OrderByDescending(i => scores[i]).Take(5);
            own += best.Count(i => i % 2 == viewer % 2);
            all += 5;
        }

        Assert.True(own > 0.98 * all, $"{own} of {all}");
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 1, 64)]
    [InlineData(1, 20, 3)]
    [InlineData(20, 1, 3)]
    [InlineData(5, 5, 130)]
    public void Tiny_data_gives_finite_factors(int users, int items, int factors)
    {
        var interactions = RandomData.Interactions(users, items, 1.0, seed: 1);
        var model = new IalsTrainer(new IalsParameters { Factors = factors }).Train(new TrainingData(interactions));
        AssertFinite(model);
        Assert.Contains(model.ItemFactors!.Data.ToArray(), x => x != 0);
    }

    [Fact]
    public void Viewers_and_items_without_interactions_get_zeros()
    {
        var builder = new InteractionMatrixBuilder();
        builder.Add(1, 2);
        builder.Add(3, 2);
        builder.Add(3, 4);
        var model = new IalsTrainer(Small).Train(new TrainingData(builder.Build(5, 6)));
        foreach (var viewer in (int[])[0, 2, 4]) Assert.All(model.UserFactors!.Row(viewer).ToArray(), x => Assert.Equal(0f, x));
        foreach (var item in (int[])[0, 1, 3, 5]) Assert.All(model.ItemFactors!.Row(item).ToArray(), x => Assert.Equal(0f, x));
        Assert.Equal([0f, 0f, 2f, 0f, 1f, 0f], model.ItemPopularity.ToArray());
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1e-6f)]
    [InlineData(1e9f)]
    [InlineData(float.MaxValue)]
    public void Confidences_of_any_size_give_finite_factors(float value)
    {
        var builder = new InteractionMatrixBuilder();
        foreach (var (user, item) in ((int, int)[])[(0, 0), (0, 1), (1, 1), (1, 2), (2, 0)]) builder.Add(user, item, item == 1 ? value : 1f);
        AssertFinite(new IalsTrainer(new IalsParameters { Factors = 5 }).Train(new TrainingData(builder.Build(3, 3))));
    }

    [Fact]
    public void A_viewer_without_factors_gets_the_popularity()
    {
        var builder = new InteractionMatrixBuilder();
        builder.Add(0, 1);
        builder.Add(1, 1);
        builder.Add(1, 2);
        var model = new IalsTrainer(Small).Train(new TrainingData(builder.Build(3, 3)));
        var scores = new float[6];
        model.Score([2, 0], scores);
        Assert.Equal([0f, 2f, 1f], scores[..3]);
        Assert.NotEqual([0f, 2f, 1f], scores[3..]);
        model.ScoreHistory([], [], scores.AsSpan(0, 3));
        Assert.Equal([0f, 2f, 1f], scores[..3]);
    }

    [Fact]
    public void A_history_scores_like_the_viewer_who_has_it()
    {
        var interactions = RandomData.Interactions(20, 30, 0.3, seed: 6, withConfidence: true);
        var model = new IalsTrainer(Small).Train(new TrainingData(interactions));
        var (known, folded) = (new float[30], new float[30]);
        model.Score([7], known);
        model.ScoreHistory(interactions.RowColumns(7), interactions.RowValues(7), folded);
        Assert.Equal(known, folded);
    }

    [Fact]
    public void Progress_is_told_before_and_after_every_iteration()
    {
        var told = new List<TrainingProgress>();
        new IalsTrainer(Small).Train(new TrainingData(RandomData.Interactions(9, 9, 0.5, seed: 7)), told.Add);
        Assert.Equal([(0, 3), (1, 3), (2, 3), (3, 3)], told.Select(p => (p.Iteration, p.Iterations)));
    }

    [Fact]
    public void Cancelling_stops_between_rows()
    {
        using var source = new CancellationTokenSource();
        var data = new TrainingData(RandomData.Interactions(9, 9, 0.5, seed: 7));
        void CancelAfterOne(TrainingProgress progress)
        {
            if (progress.Iteration == 1) source.Cancel();
        }

        Assert.Throws<OperationCanceledException>(() => new IalsTrainer(Small).Train(data, CancelAfterOne, source.Token));
    }

    [Fact]
    public void Nothing_to_learn_from_is_said_so()
    {
        var error = Assert.Throws<TrainingDataException>(() => new IalsTrainer(Small).Train(new TrainingData(InteractionMatrix.Empty(3, 3))));
        Assert.Equal("There is nothing to learn from: the data has no positive interaction.", error.Message);
    }

    private static void AssertSolves(InteractionMatrix interactions, FactorMatrix source, FactorMatrix target, IalsParameters parameters, Func<int, float> share)
    {
        for (var row = 0; row < interactions.RowCount; row++)
        {
            if (interactions.RowLength(row) == 0) continue;
            var expected = SlowHalfStep.Solve(source, interactions.RowColumns(row).ToArray(), interactions.RowValues(row).ToArray(), parameters.FoldIn, share(row));
            var scale = Math.Max(expected.Max(Math.Abs), 1e-6);
            for (var i = 0; i < expected.Length; i++) Assert.InRange(target.Row(row)[i] - expected[i], -5e-5 * scale, 5e-5 * scale);
        }
    }

    private static void AssertFinite(IScoringModel model)
    {
        Assert.All(model.ItemFactors!.Data.ToArray(), x => Assert.True(float.IsFinite(x)));
        Assert.All(model.UserFactors!.Data.ToArray(), x => Assert.True(float.IsFinite(x)));
    }
}
