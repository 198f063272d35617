using Recommender.Serving.Catalog;
using Recommender.V1;

namespace Recommender.Serving.Pipeline;

/// <summary>A video on its way into an answer.</summary>
internal struct Candidate
{
    /// <summary>The video.</summary>
    public required string VideoId { get; init; }

    /// <summary>What proposed it, as the answer will say.</summary>
    public required Source Source { get; init; }

    /// <summary>Stable hash of the id; 0 while nobody needed it.</summary>
    public ulong Hash { get; set; }

    /// <summary>Its number in the live model; -1 when the model does not know it.</summary>
    public required int Item { get; set; }

    /// <summary>The score that a list gave it; 0 without a list.</summary>
    public float ListScore { get; init; }

    /// <summary>Probability with which exploration put it where it is; 1 without exploration.</summary>
    public double Propensity { get; init; }

    /// <summary>Whether it takes one of the places set aside for exploration instead of competing by score.</summary>
    public bool IsExploration { get; init; }

    /// <summary>What the catalog says of it; null when the catalog does not hold it.</summary>
    public CatalogVideo? Video { get; set; }

    /// <summary>Which source object proposed it, for the explanation.</summary>
    public int Proposer { get; set; }

    /// <summary>What it is ranked by.</summary>
    public ScoreParts Score { get; set; }
}

/// <summary>A score and what it is made of.</summary>
/// <param name="Relevance">The model's score for this viewer.</param>
/// <param name="Affinity">Gain from similarity to what the viewer has just liked.</param>
/// <param name="Trend">Gain from trending and popularity.</param>
internal readonly record struct ScoreParts(double Relevance, double Affinity, double Trend)
{
    /// <summary>The sum.</summary>
    public double Total => Relevance + Affinity + Trend;
}
