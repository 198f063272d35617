using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Trainers;

namespace Recommender.Tests.Unit.Modeling.Numerics;

public sealed class RowSolverTests
{
    private static readonly FoldInSettings Settings = new() { UnobservedWeight = 0.07, Regularization = 0.02, RegularizationExponent = 0.9, Alpha = 1.3 };

    public static TheoryData<int, int> Shapes()
    {
        var shapes = new TheoryData<int, int>();
        foreach (var factors in (int[])[1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 65, 100])
        {
            foreach (var length in (int[])[1, 5, 17, 64, 65, 200]) shapes.Add(factors, length);
        }

        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_row_equals_a_dense_solution_in_double_precision(int factors, int length)
    {
        var (others, columns, values) = Row(factors, length, seed: factors + (1000 * length));
        var actual = Solve(others, columns, values, Settings, share: 1.7f);
        var expected = SlowHalfStep.Solve(others, columns, values, Settings, share: 1.7f);
        var scale = expected.Max(Math.Abs);
        for (var i = 0; i < factors; i++) Assert.InRange(actual[i] - expected[i], -2e-5 * scale, 2e-5 * scale);
    }

    [Theory]
    [InlineData(ConfidenceScale.Linear)]
    [InlineData(ConfidenceScale.Log)]
    public void The_normal_equations_hold_at_the_solution(ConfidenceScale confidence)
    {
        var settings = Settings with { Confidence = confidence };
        var (others, columns, values) = Row(factors: 40, length: 90, seed: 5);
        var x = Solve(others, columns, values, settings, share: 1f);
        var (matrix, vector) = SlowHalfStep.Equations(others, columns, values, settings, share: 1f);
        var size = vector.Max(Math.Abs);
        for (var i = 0; i < 40; i++)
        {
            var residual = -vector[i];
            for (var j = 0; j < 40; j++) residual += matrix[i, j] * x[j];
            Assert.InRange(residual, -1e-4 * size, 1e-4 * size);
        }
    }

    [Fact]
    public void Every_width_of_registers_gives_the_same_bits() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var problem = new RowProblem(random.Next(1, 70), random.Next(4, 150), seed);
        var exact = problem.Exact<Lanes512>();
        Assert.Equal(exact, problem.Exact<Lanes256>());
        Assert.Equal(exact, problem.Exact<Lanes128>());
        var improved = problem.Improve<Lanes512>(3);
        Assert.Equal(improved, problem.Improve<Lanes256>(3));
        Assert.Equal(improved, problem.Improve<Lanes128>(3));
    });

    [Fact]
    public void Both_exact_ways_and_enough_steps_of_conjugate_gradient_find_the_solution() => Seeds.ForAll(seed =>
    {
        var random = new Random(seed);
        var (factors, length) = (random.Next(1, 80), random.Next(4, 160));
        var problem = new RowProblem(factors, length, seed);
        var expected = problem.Solution;
        var scale = expected.Max(Math.Abs);
        foreach (var actual in (float[][])[problem.Exact<Lanes256>(), problem.Improve<Lanes256>(60), problem.Improve<Lanes256>(60, first: 0.3f)])
        {
            for (var i = 0; i < factors; i++) Assert.InRange(actual[i] - expected[i], -5e-5 * scale, 5e-5 * scale);
        }
    });

    [Fact]
    public void Every_step_of_conjugate_gradient_comes_closer()
    {
        var problem = new RowProblem(factors: 48, length: 90, seed: 3);
        var expected = problem.Solution;
        double Distance(int steps) => Math.Sqrt(problem.Improve<Lanes512>(steps, first: 0.1f).Zip(expected, (a, b) => (a - b) * (a - b)).Sum());
        for (var steps = 1; steps < 8; steps++) Assert.True(Distance(steps + 1) < Distance(steps), $"{steps + 1} steps");
        Assert.True(Distance(8) < 0.2 * Distance(1));
    }

    [Fact]
    public void A_row_without_interactions_becomes_zero() =>
        Assert.All(Solve(RandomData.Factors(10, 5, 1), [], [], Settings, 1f), x => Assert.Equal(0f, x));

    [Fact]
    public void A_solver_carries_nothing_from_one_row_into_the_next()
    {
        var (others, columns, values) = Row(factors: 20, length: 100, seed: 3);
        var solver = Create(others, Settings);
        float[] Solve(int length)
        {
            var x = new float[20];
            solver.Solve(columns.AsSpan(0, length), values.AsSpan(0, length), 1f, x);
            return x;
        }

        var (few, many) = (Solve(10), Solve(60));
        Solve(100);
        Assert.Equal(few, Solve(10));
        Assert.Equal(many, Solve(60));
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1e-12f)]
    [InlineData(1e12f)]
    [InlineData(1e25f)]
    public void Factors_of_any_size_give_finite_results(float scale)
    {
        var others = RandomData.Factors(60, 17, 1, scale);
        foreach (var length in (int[])[3, 50])
        {
            var x = Solve(others, [.. Enumerable.Range(0, length)], [.. Enumerable.Repeat(1f, length)], Settings with { Regularization = 1e-9 }, 1f);
            Assert.All(x, value => Assert.True(float.IsFinite(value)));
        }
    }

    [Fact]
    public void Equations_too_stiff_for_single_precision_are_solved_in_double()
    {
        // Twenty copies of one direction, hardly any ridge and a confidence of 10^9.
        var direction = RandomData.Factors(1, 8, 4).Data.ToArray();
        var others = new FactorMatrix(20, 8, [.. Enumerable.Repeat(direction, 20).SelectMany(d => d)]);
        var settings = new FoldInSettings { UnobservedWeight = 0, Regularization = 1e-6, RegularizationExponent = 0, Alpha = 1e9 };
        var x = Solve(others, [.. Enumerable.Range(0, 20)], [.. Enumerable.Repeat(1f, 20)], settings, 1f);
        Assert.Equal(1.0, direction.Zip(x, (a, b) => (double)a * b).Sum(), 1e-3);
    }

    private static (FactorMatrix Others, int[] Columns, float[] Values) Row(int factors, int length, int seed)
    {
        var random = new Random(seed);
        var others = RandomData.Factors(length + 50, factors, seed);
        var columns = Enumerable.Range(0, length + 50).OrderBy(_ => random.Next()).Take(length).Order().ToArray();
        return (others, columns, [.. columns.Select(_ => 0.1f + (3 * random.NextSingle()))]);
    }

    private static float[] Solve(FactorMatrix others, int[] columns, float[] values, FoldInSettings settings, float share)
    {
        var result = new float[others.Factors];
        Create(others, settings).Solve(columns, values, share, result);
        return result;
    }

    private static FactorFoldIn Create(FactorMatrix others, FoldInSettings settings) =>
        new(others.Data.ToArray(), others.Factors, settings, threads: 1, CancellationToken.None);
}
