using Recommender.Modeling.Sparse;

namespace Recommender.Modeling.Trainers;

/// <summary>What a trainer learns from.</summary>
/// <param name="Interactions">Viewers x videos: the positive interactions with a confidence (1 when the data has none).</param>
public sealed record TrainingData(InteractionMatrix Interactions)
{
    /// <summary>Viewers x videos: explicit dislikes (skips, "not interested") with their strength, or null when there are none.</summary>
    public InteractionMatrix? Negatives { get; init; }

    /// <summary>What to begin with instead of random factors, usually the live model's; null: nothing.</summary>
    public WarmStart? WarmStart { get; init; }

    /// <summary>
    /// Viewers x videos: positives that parameters and the weights of a blend are chosen by, or null: a slice of the interactions is held out for
    /// that. Trainers with nothing to choose do not look at it.
    /// </summary>
    public InteractionMatrix? Validation { get; init; }

    internal void Check()
    {
        if (Interactions.RowCount == 0 || Interactions.ColumnCount == 0 || Interactions.Count == 0)
            throw new TrainingDataException("There is nothing to learn from: the data has no positive interaction.");
        if (Negatives is { } negatives && (negatives.RowCount != Interactions.RowCount || negatives.ColumnCount != Interactions.ColumnCount))
            throw new ArgumentException("The negatives must have the shape of the interactions.");
        if (WarmStart is not null && WarmStart.ItemFactors.RowCount != Interactions.ColumnCount)
            throw new ArgumentException($"The warm start has {WarmStart.ItemFactors.RowCount} items, the interactions {Interactions.ColumnCount}.");
    }
}
