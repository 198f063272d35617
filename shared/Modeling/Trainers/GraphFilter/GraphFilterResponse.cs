using System.Buffers;
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
        var (lowLength, queryLength) = (histories.Length * items, histories.Length * incoming.Factors);
        var (lowBuffer, queryBuffer) = (ArrayPool<float>.Shared.Rent(lowLength), ArrayPool<float>.Shared.Rent(queryLength));
        var low = lowBuffer.AsSpan(0, lowLength);
        var queries = queryBuffer.AsSpan(0, queryLength);
        queries.Clear();
        for (var h = 0; h < histories.Length; h++)
        {
            var query = queries.Slice(h * incoming.Factors, incoming.Factors);
            var (history, weights) = histories[h];
            for (var i = 0; i < history.Length; i++) VectorMath.AddScaled(query, weights[i], incoming.Row(history[i]));
        }

        outgoing.Score(queries, low);
        VectorMath.AddScaled(scores[..low.Length], 1f, low);
        ArrayPool<float>.Shared.Return(queryBuffer);
        ArrayPool<float>.Shared.Return(lowBuffer);
        _smoothing?.Add(histories, scores);
    }
}
