using Recommender.Modeling.Trainers.Histories;

namespace Recommender.Modeling.Trainers.Neighbours;

/// <summary>Each item of a history speaks for its neighbours.</summary>
internal sealed class NeighbourResponse(ItemGraph graph) : IHistoryResponse
{
    public void Add(ReadOnlySpan<WeightedHistory> histories, Span<float> scores)
    {
        for (var h = 0; h < histories.Length; h++)
        {
            var into = scores.Slice(h * graph.ItemCount, graph.ItemCount);
            var (items, weights) = histories[h];
            for (var i = 0; i < items.Length; i++)
            {
                if (weights[i] != 0) graph.AddRow(items[i], weights[i], into);
            }
        }
    }
}
