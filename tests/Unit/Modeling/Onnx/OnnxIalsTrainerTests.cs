using Recommender.Modeling.Evaluation;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Onnx;
using Recommender.Modeling.Onnx.Devices;
using Recommender.Modeling.Onnx.Ials;
using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;
using Recommender.Modeling.Trainers.Ials;
using Recommender.Tests.Unit.Modeling.Trainers;

namespace Recommender.Tests.Unit.Modeling.Onnx;

public sealed class OnnxIalsTrainerTests
{
    private const double Near = 1e-3;
    private static readonly IalsParameters Small = new() { Factors = 11, Iterations = 3 };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(64)]
    public void Factors_equal_those_of_the_trainer_in_plain_code(int factors) =>
        AssertEqualFactors(OddShapes(factors), Small with { Factors = factors }, new OnnxIalsParameters());

    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(1, 20, 3)]
    [InlineData(20, 1, 5)]
    [InlineData(1, 1, 1)]
    public void Tiny_data_is_trained_the_same(int users, int items, int factors) =>
        AssertEqualFactors(RandomData.Interactions(users, items, 1.0, seed: 1), Small with { Factors = factors }, new OnnxIalsParameters());

    [Fact]
    public void Random_data_and_parameters_give_equal_factors() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var data = RandomData.Interactions(random.Next(1, 40), random.Next(1, 40), random.NextDouble(), seed, withConfidence: true);
        if (data.Count == 0) return;
        var parameters = Small with
        {
            Factors = random.Next(1, 20),
            Iterations = random.Next(1, 3),
            PopularityExponent = random.NextDouble(),
            RegularizationExponent = random.NextDouble(),
            Confidence = (ConfidenceScale)random.Next(2),
            Seed = random.Next(100),
        };
        AssertEqualFactors(data, parameters, new OnnxIalsParameters());
    });

    [Fact]
    public void A_budget_in_which_the_factors_do_not_fit_gives_equal_factors()
    {
        // 9,000 vectors of 24 are 0.9 MB, as much as the whole budget; the long row alone would take three times that.
        var data = OddShapes(5, rows: 9_000);
        var parameters = Small with { Factors = 24, Iterations = 2 };
        var plan = MemoryPlan.For(1 << 20, 9_000, 24, isGpu: false);
        Assert.InRange(plan.TileRows, 1, 5_000);
        Assert.Equal(0, plan.RowsOf(data.Transpose().RowLength(0)));
        AssertEqualFactors(data, parameters, new OnnxIalsParameters { DeviceMemoryMb = 1 });
    }

    [Fact]
    public void The_ranking_is_as_good()
    {
        var interactions = RandomData.TwoTastes(300, 200, seed: 8);
        var (train, test) = Halves(interactions);
        var parameters = Small with { Factors = 16 };
        double Quality(ITrainer trainer) => Evaluator.Evaluate(trainer.Train(new TrainingData(train)), test, [train]).Metrics["ndcg@20"];
        var expected = Quality(new IalsTrainer(parameters with { Solver = IalsSolver.Exact }));
        Assert.InRange(Quality(Trainer(parameters, new OnnxIalsParameters())), expected - 0.001, expected + 0.001);
    }

    [Fact]
    public void The_result_has_the_same_bits_again_and_for_any_number_of_threads()
    {
        var data = new TrainingData(OddShapes(9));
        float[] Train(int threads) => Trainer(Small with { Threads = threads }, new OnnxIalsParameters()).Train(data).ItemFactors!.Data.ToArray();
        var alone = Train(1);
        Assert.Equal(alone, Train(1));
        Assert.Equal(alone, Train(2));
        Assert.Equal(alone, Train(4));
    }

    [Fact]
    public void Few_steps_are_not_the_solution_and_later_passes_go_on_from_there()
    {
        var interactions = RandomData.TwoTastes(120, 90, seed: 3);
        var few = new OnnxIalsParameters { CgSteps = 1, CgTolerance = 0 };
        IScoringModel Train(int iterations, OnnxIalsParameters parameters) =>
            Trainer(Small with { Iterations = iterations, PopularityExponent = 0, UnobservedWeight = 1, Regularization = 0.03 }, parameters).Train(new TrainingData(interactions));
        Assert.True(Difference(Train(1, new()).ItemFactors!, Train(1, few).ItemFactors!) > 10 * Near);
        double Objective(IScoringModel model) =>
            SlowObjective.Of(interactions, model.UserFactors!, model.ItemFactors!, IalsParameters.ParseAmong(model.Parameters));
        var (best, late, early) = (Objective(Train(30, new())), Objective(Train(30, few)), Objective(Train(1, few)));
        Assert.True(late < 1.01 * best && early > 1.02 * best, $"{best}, {late} after {early}");
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1e-12f)]
    [InlineData(1e9f)]
    [InlineData(float.MaxValue)]
    public void Confidences_of_any_size_give_equal_factors(float value)
    {
        var builder = new InteractionMatrixBuilder();
        foreach (var (user, item) in ((int, int)[])[(0, 0), (0, 1), (1, 1), (1, 2), (2, 0)]) builder.Add(user, item, item == 1 ? value : 1f);
        AssertEqualFactors(builder.Build(3, 3), Small with { Factors = 5 }, new OnnxIalsParameters());
    }

    [Fact]
    public void What_dislikes_say_is_learned_the_same()
    {
        var likes = RandomData.Interactions(40, 15, 0.2, seed: 4, withConfidence: true);
        var data = new TrainingData(likes) { Negatives = RandomData.Interactions(40, 15, 0.15, seed: 5, withConfidence: true).Without(likes) };
        var expected = (FactorModel)new IalsTrainer(Small with { Solver = IalsSolver.Exact }).Train(data);
        var actual = (FactorModel)Trainer(Small, new OnnxIalsParameters()).Train(data);
        Assert.InRange(Difference(expected.ItemFactors, actual.ItemFactors), 0, Near);
        Assert.InRange(Difference(expected.DislikeFactors!, actual.DislikeFactors!), 0, Near);
        Assert.InRange(Difference(expected.UserFactors, actual.UserFactors), 0, Near);
    }

    [Theory]
    [InlineData(1e9f)]
    [InlineData(float.MaxValue)]
    public void Equations_beyond_float32_are_left_to_the_exact_solver(float value)
    {
        var builder = new InteractionMatrixBuilder();
        foreach (var (user, item) in ((int, int)[])[(0, 0), (0, 1), (1, 1), (1, 2), (2, 0), (2, 3), (0, 3)]) builder.Add(user, item, item == 1 ? value : 1f);
        var ials = Small with { Factors = 5, Regularization = 1e-9, UnobservedWeight = 0, Iterations = 2 };
        var model = Trainer(ials, new OnnxIalsParameters()).Train(new TrainingData(builder.Build(3, 4)));
        Assert.All(model.ItemFactors!.Data.ToArray(), x => Assert.True(float.IsFinite(x)));
        Assert.All(model.UserFactors!.Data.ToArray(), x => Assert.True(float.IsFinite(x)));
    }

    [Fact]
    public void Without_a_GPU_the_CPU_does_the_work_and_says_why()
    {
        var told = new List<TrainingProgress>();
        var data = new TrainingData(RandomData.Interactions(9, 9, 0.5, seed: 7));
        var model = Trainer(Small, new OnnxIalsParameters()).Train(data, told.Add);
        if (model.Device == "cuda") Assert.Skip("There is a GPU here.");
        Assert.Equal("cpu", model.Device);
        Assert.Equal([0, 1, 2, 3], told.Select(p => p.Iteration));
        var note = Assert.Single(told, p => p.Note is not null).Note;
        Assert.StartsWith("No GPU takes part in the training: ", note, StringComparison.Ordinal);
        Assert.EndsWith("ONNX Runtime's CPU provider does the work.", note, StringComparison.Ordinal);
    }

    [Fact]
    public void The_CPU_is_taken_without_a_word_when_it_is_asked_for()
    {
        var told = new List<TrainingProgress>();
        Trainer(Small, new OnnxIalsParameters { Device = DeviceChoice.Cpu }).Train(new TrainingData(RandomData.Interactions(9, 9, 0.5, seed: 7)), told.Add);
        Assert.All(told, p => Assert.Null(p.Note));
    }

    [Fact]
    public void A_budget_too_small_for_one_row_is_refused_with_the_least_that_will_do()
    {
        var data = new TrainingData(RandomData.Interactions(9, 9, 0.5, seed: 7));
        ITrainer With(int megabytes) => Trainer(Small with { Factors = 256, Iterations = 1 }, new OnnxIalsParameters { DeviceMemoryMb = megabytes });
        var error = Assert.Throws<ParameterException>(() => With(1).Train(data));
        Assert.Equal("The parameter 'device_memory_mb' is too small for 256 factors: at least 10 MB are needed.", error.Message);
        With(10).Train(data);
    }

    [Fact]
    public void It_is_created_by_name_with_the_parameters_of_iALS_and_its_own()
    {
        OnnxTrainers.Register();
        var trainer = TrainerRegistry.Create("ials-onnx", new Dictionary<string, string> { ["factors"] = "7", ["cg_steps"] = "9", ["device"] = "cpu" });
        Assert.Equal(("7", "9", "cpu", "5"), (trainer.Parameters["factors"], trainer.Parameters["cg_steps"], trainer.Parameters["device"], trainer.Parameters["iterations"]));
        var error = Assert.Throws<ParameterException>(() => TrainerRegistry.Create("ials-onnx", new Dictionary<string, string> { ["factors"] = "0" }));
        Assert.Equal("The parameter 'factors' of the trainer 'ials-onnx' is '0' but must be a whole number from 1 to 2048.", error.Message);
        Assert.Throws<ParameterException>(() => TrainerRegistry.Create("ials-onnx", new Dictionary<string, string> { ["cg_step"] = "1" }));
    }

    [Fact]
    public void Cancelling_stops_it()
    {
        using var source = new CancellationTokenSource();
        var trainer = Trainer(Small, new OnnxIalsParameters());
        var data = new TrainingData(RandomData.Interactions(9, 9, 0.5, seed: 7));
        Assert.Throws<OperationCanceledException>(() => trainer.Train(data, p => { if (p.Iteration == 1) source.Cancel(); }, source.Token));
    }

    private static OnnxIalsTrainer Trainer(IalsParameters ials, OnnxIalsParameters parameters) => new(parameters with { Ials = ials });

    private static void AssertEqualFactors(InteractionMatrix interactions, IalsParameters ials, OnnxIalsParameters parameters)
    {
        var data = new TrainingData(interactions);
        var expected = new IalsTrainer(ials with { Solver = IalsSolver.Exact }).Train(data);
        var actual = Trainer(ials, parameters).Train(data);
        Assert.InRange(Difference(expected.ItemFactors!, actual.ItemFactors!), 0, Near);
        Assert.InRange(Difference(expected.UserFactors!, actual.UserFactors!), 0, Near);
    }

    // The largest distance of two rows, relative to the length of the expected one.
    private static double Difference(FactorMatrix expected, FactorMatrix actual)
    {
        Assert.Equal((expected.RowCount, expected.Factors), (actual.RowCount, actual.Factors));
        var worst = 0.0;
        for (var row = 0; row < expected.RowCount; row++)
        {
            var (distance, length) = (0.0, 0.0);
            for (var i = 0; i < expected.Factors; i++)
            {
                distance += Math.Pow(expected.Row(row)[i] - actual.Row(row)[i], 2);
                length += Math.Pow(expected.Row(row)[i], 2);
            }

            if (distance > 0) worst = Math.Max(worst, Math.Sqrt(distance / length));
        }

        return worst;
    }

    // Rows and columns without a cell, one column that everybody has, one row that has everything, and the rest of any length.
    private static InteractionMatrix OddShapes(int seed, int rows = 300)
    {
        const int Columns = 90;
        var random = new Random(seed);
        var builder = new InteractionMatrixBuilder();
        for (var row = 0; row < rows; row++)
        {
            if (row % 7 == 3) continue;
            builder.Add(row, 0, 1 + random.NextSingle());
            var density = row == 10 ? 1.0 : Math.Pow(random.NextDouble(), 4);
            for (var column = 1; column < Columns; column++)
            {
                if (column % 13 != 5 && random.NextDouble() < density) builder.Add(row, column, 0.1f + random.NextSingle());
            }
        }

        return builder.Build(rows, Columns);
    }

    private static (InteractionMatrix Train, InteractionMatrix Test) Halves(InteractionMatrix all)
    {
        var random = new Random(1);
        var (train, test) = (new InteractionMatrixBuilder(), new InteractionMatrixBuilder());
        for (var row = 0; row < all.RowCount; row++)
        {
            foreach (var column in all.RowColumns(row)) (random.Next(4) == 0 ? test : train).Add(row, column);
        }

        return (train.Build(all.RowCount, all.ColumnCount), test.Build(all.RowCount, all.ColumnCount));
    }
}
