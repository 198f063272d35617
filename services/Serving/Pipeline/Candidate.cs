using Recommender.Serving.Catalog;
using Recommender.V1;

namespace Recommender.Serving.Pipeline;

/// <summary>A video on its way into an answer.</summary>
internal struct Candidate
{
    /// <summary>A video without anything known of it.</summary>
    public Candidate()
    {
    }

    /// <summary>The video.</summary>
    public required string VideoId { get; init; }

    /// <summary>What proposed it, as the answer will say.</summary>
    public required Source Source { get; init; }

    /// <summary>Stable hash of the id; 0 while nobody needed it.</summary>
    public ulong Hash { get; set; }

    /// <summary>Its number in the live model; -1 when the model does not know it.</summary>
    public required int Item { get; set; }

    /// <summary>The score that the viewer's list gives it, whatever proposed it; 0 where it is not on the list from which the answer is made.</summary>
    public float ListScore { get; set; }

    /// <summary>Whether it is on the list from which the answer is made.</summary>
    public bool IsListed { get; set; }

    /// <summary>The model's score for the viewer, where a search has found it out; NaN otherwise.</summary>
    public float FactorScore { get; init; } = float.NaN;

    /// <summary>Probability with which exploration put it where it is; 1 without exploration.</summary>
    public double Propensity { get; init; }

    /// <summary>Whether it takes one of the places set aside for exploration instead of competing by score.</summary>
    public bool IsExploration { get; init; }

    /// <summary>What the catalog says of it; null when the catalog does not hold it.</summary>
    public CatalogVideo? Video { get; set; }

    /// <summary>Which source proposed it first, by its place among the sources.</summary>
    public int Proposer { get; set; }

    /// <summary>All sources that proposed it: bit i for the i-th.</summary>
    public uint Proposers { get; set; }

    /// <summary>Place among the vectors of videos that the model does not know; -1 without one.</summary>
    public int Cold { get; set; } = -1;

    /// <summary>Place by score before the selector; -1 for exploration.</summary>
    public int RankByScore { get; set; } = -1;

    /// <summary>Greatest similarity to a video before it in the answer, 0 to 1.</summary>
    public float Similarity { get; set; }

    /// <summary>Videos of its author among those shortly before it.</summary>
    public int AuthorRepeats { get; set; }

    /// <summary>What it is ranked by.</summary>
    public ScoreParts Score { get; set; }
}

/// <summary>A score and what it is made of.</summary>
/// <param name="Relevance">The model's score for this viewer.</param>
/// <param name="Affinity">Gain from similarity to what the viewer has just liked.</param>
/// <param name="Trend">Gain from trending and popularity.</param>
/// <param name="Followed">Gain from an author whom the viewer follows.</param>
internal readonly record struct ScoreParts(double Relevance, double Affinity, double Trend, double Followed = 0)
{
    /// <summary>Whether the ranker made the score; it then consists of the worth of what is expected alone.</summary>
    public bool IsLearned { get; init; }

    /// <summary>Worth of the expected like.</summary>
    public double Like { get; init; }

    /// <summary>Worth of the expected share.</summary>
    public double Share { get; init; }

    /// <summary>Worth of the expected watching.</summary>
    public double Watch { get; init; }

    /// <summary>The sum.</summary>
    public double Total => IsLearned ? Like + Share + Watch : Relevance + Affinity + Trend + Followed;

    /// <summary>What made the score, as answers and impressions say it.</summary>
    public string Scorer => IsLearned ? "ranker" : "blend";
}
