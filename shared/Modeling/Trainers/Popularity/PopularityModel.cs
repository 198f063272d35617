using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;

namespace Recommender.Modeling.Trainers.Popularity;

/// <summary>The same scores for every viewer.</summary>
/// <param name="viewerCount">Number of viewers.</param>
/// <param name="popularity">A score per item.</param>
/// <param name="parameters">What it was trained with.</param>
public sealed class PopularityModel(int viewerCount, ReadOnlyMemory<float> popularity, IReadOnlyDictionary<string, string>? parameters = null) : IScoringModel
{
    /// <inheritdoc/>
    public string Trainer => PopularityTrainer.TrainerName;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Parameters { get; } = parameters ?? new Dictionary<string, string>();

    /// <inheritdoc/>
    public int ViewerCount => viewerCount;

    /// <inheritdoc/>
    public int ItemCount => popularity.Length;

    /// <inheritdoc/>
    public FactorMatrix? ItemFactors => null;

    /// <inheritdoc/>
    public FactorMatrix? UserFactors => null;

    /// <inheritdoc/>
    public FoldInSettings? FoldIn => null;

    /// <inheritdoc/>
    public ReadOnlyMemory<float> ItemPopularity => popularity;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> viewers, Span<float> scores)
    {
        for (var i = 0; i < viewers.Length; i++) popularity.Span.CopyTo(scores[(i * ItemCount)..]);
    }

    /// <inheritdoc/>
    public void ScoreHistory(ReadOnlySpan<int> items, ReadOnlySpan<float> values, Span<float> scores) => popularity.Span.CopyTo(scores);
}
