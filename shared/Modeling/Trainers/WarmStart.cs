using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Trainers;

/// <summary>
/// Item factors of an earlier model that a training run begins with, so that it needs fewer passes. Give it to a trainer as
/// <see cref="TrainingData.WarmStart"/>; a trainer without factors pays no attention to it. The model then depends on the earlier one: who must
/// reproduce it keeps that as well.
/// </summary>
/// <param name="ItemFactors">
/// items x factors, numbered as the columns of the interactions. A row of zeros is an item that the earlier model did not know: it is solved in
/// the first pass.
/// </param>
public sealed record WarmStart(FactorMatrix ItemFactors)
{
    /// <summary>As <see cref="ItemFactors"/>, of having disliked an item; null: none.</summary>
    public FactorMatrix? DislikeFactors { get; init; }

    /// <summary>Renumbers an earlier model's factors.</summary>
    /// <param name="earlier">items x factors of the earlier model.</param>
    /// <param name="earlierIds">Its items' ids, distinct.</param>
    /// <param name="ids">The ids of the items to come, in the order of the interactions' columns.</param>
    /// <param name="earlierDislikes">items x factors of having disliked them; null: none.</param>
    /// <exception cref="ArgumentException">There are not as many ids as rows.</exception>
    public static WarmStart Map(FactorMatrix earlier, IReadOnlyList<string> earlierIds, IReadOnlyList<string> ids, FactorMatrix? earlierDislikes = null)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        ArgumentNullException.ThrowIfNull(earlierIds);
        ArgumentNullException.ThrowIfNull(ids);
        if (earlierIds.Count != earlier.RowCount)
            throw new ArgumentException($"There are {earlier.RowCount} rows of factors but {earlierIds.Count} ids.", nameof(earlierIds));
        var rows = new Dictionary<string, int>(earlierIds.Count, StringComparer.Ordinal);
        for (var row = 0; row < earlierIds.Count; row++) rows.Add(earlierIds[row], row);
        return new WarmStart(Pick(earlier, rows, ids)) { DislikeFactors = earlierDislikes is null ? null : Pick(earlierDislikes, rows, ids) };
    }

    private static FactorMatrix Pick(FactorMatrix earlier, Dictionary<string, int> rows, IReadOnlyList<string> ids)
    {
        var picked = new FactorMatrix(ids.Count, earlier.Factors);
        for (var item = 0; item < ids.Count; item++)
        {
            if (rows.TryGetValue(ids[item], out var row)) earlier.Row(row).CopyTo(picked.WritableRow(item));
        }

        return picked;
    }
}
