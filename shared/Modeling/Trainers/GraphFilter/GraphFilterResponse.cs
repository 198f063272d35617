using Recommender.Modeling.Numerics;
using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Trainers.Histories;
using Recommender.Modeling.Trainers.Neighbours;

namespace Recommender.Modeling.Trainers.GraphFilter;

/// <summary>Smoothing over neighbours plus a low-rank part: score = history * (graph + incoming * outgoing').</summary>
internal sealed class GraphFilterResponse(ItemGraph? graph, FactorMatrix incoming, PackedFactors outgoing) : IHistoryResponse
{
    private readonly NeighbourResponse? _smoothing = graph is null ? null : new(graph);

    public void Add(ReadOnlySpan<WeightedHistory> histories, Span<float> scores)
    {
        // The low-rank part writes, the others add.
        var items = outgoing.ItemCount;
        var low = new float[histories.Length * items];
        var queries = new float[histories.Length * incoming.Factors];
        for (var h = 0; h < histories.Length; h++)
        {
            var query = queries.AsSpan(h * incoming.Factors, incoming.Factors);
            var (history, weights) = histories[h];
            for (var i = 0; i < history.Length; i++) VectorMath.AddScaled(query, weights[i], incoming.Row(history[i]));
        }

        outgoing.Score(queries, low);
        VectorMath.AddScaled(scores[..low.Length], 1f, low);
        _smoothing?.Add(histories, scores);
    }
}
