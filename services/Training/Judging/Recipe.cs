using Recommender.Modeling.Weights;

namespace Recommender.Training.Judging;

/// <summary>What it takes to make a model from data.</summary>
/// <param name="Trainer">Name of the trainer.</param>
/// <param name="Parameters">Every parameter of the trainer as it was asked for; <c>auto</c> where the data decides.</param>
/// <param name="Weights">Turn events into confidences.</param>
internal sealed record Recipe(string Trainer, IReadOnlyDictionary<string, string> Parameters, InteractionWeights Weights)
{
    /// <summary>Number of threads: the one parameter that never changes a model.</summary>
    public const string ThreadsKey = "threads";

    /// <summary>Passes over the data; 1 for a trainer that counts no passes.</summary>
    public int Iterations => Parameters.TryGetValue("iterations", out var text) && int.TryParse(text, out var iterations) ? iterations : 1;

    /// <summary>Whether both recipes give the same model from the same data.</summary>
    public bool Makes(Recipe other) =>
        Trainer == other.Trainer && Weights == other.Weights && Parameters.Count == other.Parameters.Count
        && Parameters.All(p => p.Key == ThreadsKey || (other.Parameters.TryGetValue(p.Key, out var value) && value == p.Value));
}
