using Recommender.Modeling.FoldIn;
using Recommender.Modeling.Numerics;
using Recommender.Modeling.Retrieval;
using Recommender.Modeling.Trainers.Ials;

namespace Recommender.Modeling.Trainers;

/// <summary>Scores are inner products of viewer and item factors; a viewer without factors gets the popularity.</summary>
public sealed class FactorModel : IScoringModel
{
    private readonly Lazy<PackedFactors> _packed;
    private readonly Lazy<NormOrder> _byNorm;
    private readonly Lazy<ViewerFoldIn> _foldIn;

    /// <summary>A model over the given factors, which are kept.</summary>
    /// <exception cref="ArgumentException">Sizes that do not fit each other.</exception>
    public FactorModel(
        string trainer,
        FactorMatrix userFactors,
        FactorMatrix itemFactors,
        FoldInSettings foldIn,
        ReadOnlyMemory<float> itemPopularity,
        IReadOnlyDictionary<string, string>? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(userFactors);
        ArgumentNullException.ThrowIfNull(itemFactors);
        if (userFactors.Factors != itemFactors.Factors)
            throw new ArgumentException($"Viewers have {userFactors.Factors} factors, items {itemFactors.Factors}.", nameof(itemFactors));
        if (itemPopularity.Length != itemFactors.RowCount)
            throw new ArgumentException($"There are {itemFactors.RowCount} items but {itemPopularity.Length} popularities.", nameof(itemPopularity));
        (Trainer, UserFactors, ItemFactors, FoldIn, ItemPopularity) = (trainer, userFactors, itemFactors, foldIn, itemPopularity);
        Parameters = parameters ?? new Dictionary<string, string>();
        _packed = new(() => new PackedFactors(itemFactors.Data, itemFactors.Factors));
        _byNorm = new(() => new NormOrder(itemFactors.Data, itemFactors.Factors));
        _foldIn = new(() => new ViewerFoldIn(
            DislikeFactors is null ? itemFactors.Array : SignedData.Stack(itemFactors, DislikeFactors).Array, itemFactors.Factors, foldIn));
    }

    /// <inheritdoc/>
    public string Trainer { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Parameters { get; }

    /// <inheritdoc/>
    public string Device { get; init; } = "cpu";

    /// <inheritdoc/>
    public int ViewerCount => UserFactors.RowCount;

    /// <inheritdoc/>
    public int ItemCount => ItemFactors.RowCount;

    /// <inheritdoc cref="IScoringModel.ItemFactors"/>
    public FactorMatrix ItemFactors { get; }

    /// <inheritdoc cref="IScoringModel.DislikeFactors"/>
    public FactorMatrix? DislikeFactors { get; init; }

    /// <inheritdoc cref="IScoringModel.UserFactors"/>
    public FactorMatrix UserFactors { get; }

    /// <inheritdoc cref="IScoringModel.FoldIn"/>
    public FoldInSettings FoldIn { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<float> ItemPopularity { get; }

    FactorMatrix? IScoringModel.ItemFactors => ItemFactors;

    FactorMatrix? IScoringModel.UserFactors => UserFactors;

    FoldInSettings? IScoringModel.FoldIn => FoldIn;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> viewers, Span<float> scores)
    {
        var factors = new float[viewers.Length * UserFactors.Factors];
        for (var i = 0; i < viewers.Length; i++) UserFactors.Row(viewers[i]).CopyTo(factors.AsSpan(i * UserFactors.Factors));
        _packed.Value.Score(factors, scores);
        for (var i = 0; i < viewers.Length; i++)
        {
            if (UserFactors.Row(viewers[i]).ContainsAnyExcept(0f)) continue;
            ItemPopularity.Span.CopyTo(scores[(i * ItemCount)..]);
        }
    }

    /// <inheritdoc/>
    public void Rank(TopListQuery wanted, TopListReceiver receive, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var viewers = wanted.Viewers.ToArray();
        // Those without factors, usually none, go by popularity.
        var unknown = Array.FindAll(viewers, viewer => !UserFactors.Row(viewer).ContainsAnyExcept(0f));
        if (unknown.Length > 0)
        {
            ScoredLists.Search(this, wanted with { Viewers = unknown }, receive, cancellationToken);
            viewers = Array.FindAll(viewers, viewer => UserFactors.Row(viewer).ContainsAnyExcept(0f));
        }
        TopLists.Search(_byNorm.Value, UserFactors, wanted with { Viewers = viewers }, receive, cancellationToken);
    }

    /// <inheritdoc/>
    public void ScoreHistory(ReadOnlySpan<int> items, ReadOnlySpan<float> values, Span<float> scores)
    {
        if (items.IsEmpty) ItemPopularity.Span.CopyTo(scores);
        else _packed.Value.Score(_foldIn.Value.Solve(items, values), scores);
    }
}
