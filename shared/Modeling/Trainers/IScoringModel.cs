using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Trainers;

/// <summary>A trained model: what an artifact stores, and what ranks videos for a viewer. Immutable; safe for concurrent use.</summary>
public interface IScoringModel : IViewerScorer
{
    /// <summary>Name of the trainer that made it.</summary>
    string Trainer { get; }

    /// <summary>
    /// Every parameter it was trained with, as key and value. Unlike <see cref="ITrainer.Parameters"/> with a number where the trainer derived one
    /// from the data: an artifact stores these.
    /// </summary>
    IReadOnlyDictionary<string, string> Parameters { get; }

    /// <summary>What it was trained on: <c>cpu</c>, or <c>cuda</c> for a GPU.</summary>
    string Device => "cpu";

    /// <summary>items x factors, or null when the model has no factors (popularity).</summary>
    FactorMatrix? ItemFactors { get; }

    /// <summary>
    /// items x factors: what having disliked an item says of a viewer; null when the model does not know. In a fold-in they follow the items:
    /// item v disliked has the number items + v.
    /// </summary>
    FactorMatrix? DislikeFactors => null;

    /// <summary>viewers x factors, or null when the model has no factors.</summary>
    FactorMatrix? UserFactors { get; }

    /// <summary>The equations of a viewer's half-step, or null when the model has no factors.</summary>
    FoldInSettings? FoldIn { get; }

    /// <summary>A popularity per item: the score of a viewer about whom nothing is known.</summary>
    ReadOnlyMemory<float> ItemPopularity { get; }

    /// <summary>Writes a score for every item for a viewer given by a history instead of a number.</summary>
    /// <param name="items">Distinct item numbers, in any order; may be empty.</param>
    /// <param name="values">A value above zero per item.</param>
    /// <param name="scores">Length <see cref="IViewerScorer.ItemCount"/>.</param>
    void ScoreHistory(ReadOnlySpan<int> items, ReadOnlySpan<float> values, Span<float> scores);
}
