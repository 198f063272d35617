using Recommender.Modeling.Numerics;
using Recommender.Modeling.Trainers.Histories;

namespace Recommender.Modeling.Trainers.Ease;

/// <summary>Each item of a history has a full row of weights.</summary>
/// <param name="matrix">A row per liked item and, with dislikes, another per disliked item; of each the first numbers count.</param>
/// <param name="subset">The items of the rows and columns. A disliked item's number in a history is its own plus the size of the catalog.</param>
/// <param name="stride">Length of a row.</param>
internal sealed unsafe class DenseResponse(AlignedBuffer matrix, ItemSubset subset, int stride) : IHistoryResponse
{
    public void Add(ReadOnlySpan<WeightedHistory> histories, Span<float> scores)
    {
        var isWhole = subset.Count == subset.CatalogCount;
        var sums = isWhole ? [] : new float[subset.Count];
        for (var h = 0; h < histories.Length; h++)
        {
            var into = scores.Slice(h * subset.CatalogCount, subset.CatalogCount);
            if (isWhole)
            {
                AddRows(histories[h], into);
                continue;
            }

            sums.AsSpan().Clear();
            AddRows(histories[h], sums);
            for (var i = 0; i < sums.Length; i++) into[subset.Items[i]] += sums[i];
        }
    }

    private void AddRows(WeightedHistory history, Span<float> into)
    {
        for (var i = 0; i < history.Items.Length; i++)
        {
            var disliked = history.Items[i] >= subset.CatalogCount;
            var number = subset.NumberOf(history.Items[i] - (disliked ? subset.CatalogCount : 0));
            if (number < 0) continue;
            var row = number + (disliked ? subset.Count : 0);
            VectorMath.AddScaled(into, history.Weights[i], new ReadOnlySpan<float>(matrix.Pointer + ((nint)row * stride), subset.Count));
        }
    }
}
