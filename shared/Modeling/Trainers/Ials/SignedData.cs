using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Trainers.Ials;

/// <summary>
/// What a run of implicit ALS learns from. With dislikes it has twice as many items, the second half being what was disliked
/// (<see cref="DislikeColumns"/>): a viewer's vector follows from both, and the first half alone is ranked. Whether a dislike speaks against a
/// kind of video or, being met at all, for it, is left to the data.
/// </summary>
public sealed class SignedData
{
    private readonly double _perLike;

    private SignedData(TrainingData joined, double perLike) => (Joined, _perLike) = (joined, perLike);

    /// <summary>What is trained on.</summary>
    public TrainingData Joined { get; }

    /// <summary>Whether the second half of the items are dislikes.</summary>
    public bool HasDislikes => _perLike > 1;

    /// <summary>Joins likes and dislikes, where there are any and the parameters ask for it.</summary>
    public static SignedData Of(TrainingData data, IalsParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(parameters);
        if (!parameters.UseNegatives || data.Negatives is not { Count: > 0 } negatives) return new SignedData(data with { Negatives = null }, perLike: 1);
        return new SignedData(
            data with
            {
                Interactions = DislikeColumns.Join(data.Interactions, 1, negatives, parameters.NegativeWeight),
                Negatives = null,
                WarmStart = data.WarmStart is { } start ? new WarmStart(Stack(start.ItemFactors, start.DislikeFactors)) : null,
            },
            1 + (negatives.Count / (double)Math.Max(1, data.Interactions.Count)));
    }

    /// <summary>The parameters with a number for each one that is left to the data.</summary>
    public IalsParameters Resolve(IalsParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return parameters.Resolve(Joined.Interactions, _perLike);
    }

    /// <summary>The model of the joined data as one that ranks the items, the dislikes beside it.</summary>
    public FactorModel Split(FactorModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!HasDislikes) return model;
        var items = model.ItemCount / 2;
        return new FactorModel(
            model.Trainer, model.UserFactors, Half(model.ItemFactors, 0, items), model.FoldIn, model.ItemPopularity[..items], model.Parameters)
        {
            DislikeFactors = Half(model.ItemFactors, items, items),
            Device = model.Device,
        };
    }

    /// <summary>Items x factors over items x factors; null: zeros.</summary>
    internal static FactorMatrix Stack(FactorMatrix items, FactorMatrix? dislikes)
    {
        var stacked = new FactorMatrix(2 * items.RowCount, items.Factors);
        items.Data.CopyTo(stacked.Array);
        dislikes?.Data.CopyTo(stacked.Array.AsSpan(items.Data.Length));
        return stacked;
    }

    private static FactorMatrix Half(FactorMatrix matrix, int from, int rows) =>
        new(rows, matrix.Factors, matrix.Data.Slice(from * matrix.Factors, rows * matrix.Factors).ToArray());
}
