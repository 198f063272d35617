namespace Recommender.Modeling.Trainers;

/// <summary>
/// Reported when training begins (iteration 0) and after each iteration, on the training thread. The receiver reads the clock if
/// it wants durations; throwing stops the training.
/// </summary>
/// <param name="Iteration">Iterations done.</param>
/// <param name="Iterations">Iterations in all.</param>
public readonly record struct TrainingProgress(int Iteration, int Iterations)
{
    /// <summary>
    /// The model as it is now, for a learning curve; null where the trainer has none yet. It shares the trainer's memory, so it may be used
    /// only until the receiver returns.
    /// </summary>
    public Func<IScoringModel>? Current { get; init; }

    /// <summary>A sentence for whoever ordered the training, such as why no GPU takes part; null: nothing to say.</summary>
    public string? Note { get; init; }
}
