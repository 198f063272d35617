namespace Recommender.Modeling.Trainers.Ease;

/// <summary>What a catalog is learned about that is larger than the bound.</summary>
internal enum EaseCatalog
{
    /// <summary>Nothing: it is refused.</summary>
    Whole,

    /// <summary>The most popular videos; the others are ranked by popularity behind them.</summary>
    Top,
}
