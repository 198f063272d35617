using Recommender.Modeling.Trainers.Neighbours;

namespace Recommender.Modeling.Trainers.Histories;

/// <summary>What each item of a history weighs.</summary>
/// <param name="RecencyHalfLife">Newer items after which an item weighs half; 0: order does not matter.</param>
/// <param name="Negative">Factor of a disliked item's value, below zero if it counts against; 0: dislikes do not matter.</param>
/// <param name="NegativeOffset">Added to the number of a disliked item.</param>
internal sealed record HistoryWeighting(double RecencyHalfLife, double Negative, int NegativeOffset = 0)
{
    /// <summary>The history of a viewer of <paramref name="data"/>.</summary>
    public WeightedHistory Of(TrainingData data, int viewer)
    {
        var liked = data.Interactions;
        var disliked = Negative != 0 ? data.Negatives : null;
        var likes = liked.RowLength(viewer);
        var items = new int[likes + (disliked?.RowLength(viewer) ?? 0)];
        var weights = new float[items.Length];
        liked.RowColumns(viewer).CopyTo(items);
        Weigh(liked.RowValues(viewer), liked.RowTimes(viewer), weights);
        if (disliked is not null)
        {
            var columns = disliked.RowColumns(viewer);
            var values = disliked.RowValues(viewer);
            for (var i = 0; i < values.Length; i++) (items[likes + i], weights[likes + i]) = (NegativeOffset + columns[i], (float)Negative * values[i]);
        }

        return new WeightedHistory(items, weights);
    }

    /// <summary>Weights of liked items.</summary>
    public void Weigh(ReadOnlySpan<float> values, ReadOnlySpan<uint> times, Span<float> weights)
    {
        values.CopyTo(weights);
        if (RecencyHalfLife <= 0 || times.IsEmpty) return;
        var ranks = RankedHistory.Ranks(times);
        var newest = ranks.Max();
        for (var i = 0; i < ranks.Length; i++) weights[i] *= (float)double.Exp2(-(double)(newest - ranks[i]) / RecencyHalfLife);
    }
}
