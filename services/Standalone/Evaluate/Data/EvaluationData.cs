using Recommender.Modeling.Sparse;
using Recommender.Modeling.Trainers;

namespace Recommender.Standalone.Evaluate.Data;

/// <summary>A split, ready to train on and to evaluate.</summary>
/// <param name="Train">What is learned from.</param>
/// <param name="Relevant">Viewers x items: what is to be predicted.</param>
/// <param name="Masks">Viewers x items: what is not ranked for a viewer.</param>
internal sealed record EvaluationData(TrainingData Train, InteractionMatrix Relevant, IReadOnlyList<InteractionMatrix> Masks)
{
    /// <summary>What the person who gave the files should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
