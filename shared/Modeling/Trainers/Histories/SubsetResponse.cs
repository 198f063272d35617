using System.Buffers;

namespace Recommender.Modeling.Trainers.Histories;

/// <summary>What a response to some items says within the whole catalog; of the other items it says nothing, and they say nothing.</summary>
/// <param name="inner">A response whose items are numbered as those of the subset.</param>
/// <param name="subset">The items.</param>
internal sealed class SubsetResponse(IHistoryResponse inner, ItemSubset subset) : IHistoryResponse
{
    public void Add(ReadOnlySpan<WeightedHistory> histories, Span<float> scores)
    {
        var own = new WeightedHistory[histories.Length];
        for (var h = 0; h < own.Length; h++) own[h] = Within(histories[h]);
        var buffer = ArrayPool<float>.Shared.Rent(own.Length * subset.Count);
        var sums = buffer.AsSpan(0, own.Length * subset.Count);
        sums.Clear();
        inner.Add(own, sums);
        for (var h = 0; h < own.Length; h++)
        {
            var into = scores.Slice(h * subset.CatalogCount, subset.CatalogCount);
            var from = sums.Slice(h * subset.Count, subset.Count);
            for (var i = 0; i < from.Length; i++) into[subset.Items[i]] += from[i];
        }

        ArrayPool<float>.Shared.Return(buffer);
    }

    private WeightedHistory Within(WeightedHistory history)
    {
        var (items, weights, count) = (new int[history.Items.Length], new float[history.Items.Length], 0);
        for (var i = 0; i < items.Length; i++)
        {
            var number = subset.NumberOf(history.Items[i]);
            if (number >= 0) (items[count], weights[count++]) = (number, history.Weights[i]);
        }

        return new WeightedHistory(items[..count], weights[..count]);
    }
}
