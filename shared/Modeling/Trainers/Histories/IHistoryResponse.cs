namespace Recommender.Modeling.Trainers.Histories;

/// <summary>The part of a model that is linear in a viewer's history: the score of an item is a weighted sum over the history. Safe for concurrent use.</summary>
internal interface IHistoryResponse
{
    /// <summary>Adds what each history says to its row of <paramref name="scores"/>.</summary>
    /// <param name="histories">One per viewer.</param>
    /// <param name="scores">Viewers x items, row-major.</param>
    void Add(ReadOnlySpan<WeightedHistory> histories, Span<float> scores);
}
