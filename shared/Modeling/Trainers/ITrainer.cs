namespace Recommender.Modeling.Trainers;

/// <summary>Turns interactions into a model. Immutable; safe for concurrent use. Create one by name with <see cref="TrainerRegistry"/>.</summary>
public interface ITrainer
{
    /// <summary>The registered name, such as <c>ials</c>.</summary>
    string Name { get; }

    /// <summary>Every parameter as it was asked for, defaults included, as key and value; <c>auto</c> where the data decides.</summary>
    IReadOnlyDictionary<string, string> Parameters { get; }

    /// <summary>Trains a model. The same data and parameters give the same bits, whatever the number of threads.</summary>
    /// <exception cref="TrainingDataException">There is nothing to learn from.</exception>
    /// <exception cref="ParameterException">A parameter asks for what this data does not have.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    IScoringModel Train(TrainingData data, Action<TrainingProgress>? progress = null, CancellationToken cancellationToken = default);
}
