namespace Recommender.Modeling.Trainers.Bpr;

/// <summary>Parameters of <see cref="BprTrainer"/>.</summary>
internal sealed record BprParameters
{
    public static ParameterSchema<BprParameters> Schema { get; } = new ParameterSchema<BprParameters>(BprTrainer.TrainerName)
        .Integer("factors", 1, 2048, "length of a viewer's and a video's vector", p => p.Factors, (p, v) => p with { Factors = v })
        .Integer("iterations", 1, 10_000, "passes over the interactions", p => p.Iterations, (p, v) => p with { Iterations = v })
        .Number("learning_rate", 1e-6, 1, "of the first pass; falls evenly to a tenth of it", p => p.LearningRate, (p, v) => p with { LearningRate = v })
        .Number("regularization", 0, 10, "strength of the regularisation at each step", p => p.Regularization, (p, v) => p with { Regularization = v })
        .Integer("seed", 0, int.MaxValue, "of the start and of the draws", p => p.Seed, (p, v) => p with { Seed = v });

    public int Factors { get; init; } = 64;

    public int Iterations { get; init; } = 60;

    public double LearningRate { get; init; } = 0.05;

    public double Regularization { get; init; } = 0.01;

    public int Seed { get; init; } = 1;
}
