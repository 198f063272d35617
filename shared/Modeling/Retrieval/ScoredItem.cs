namespace Recommender.Modeling.Retrieval;

/// <summary>An item and its score; larger scores are better.</summary>
/// <param name="Item">Item number.</param>
/// <param name="Score">Score, finite or positive infinity.</param>
public readonly record struct ScoredItem(int Item, float Score);
