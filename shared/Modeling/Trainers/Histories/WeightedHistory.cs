namespace Recommender.Modeling.Trainers.Histories;

/// <summary>What a viewer met, and how much each of it says.</summary>
/// <param name="Items">Item numbers.</param>
/// <param name="Weights">A weight for each, below zero for what was disliked.</param>
internal readonly record struct WeightedHistory(int[] Items, float[] Weights);
