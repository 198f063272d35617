namespace Recommender.Serving.Ranking;

/// <summary>The places of an answer that are set aside for exploration: spread evenly, the first one not at the top unless the share is 0.3 or more.</summary>
internal static class ExplorationPlaces
{
    /// <summary>How far into the first stretch the first place lies; a share of 0.05 gives places 5, 25, 45 ... (from 0).</summary>
    private const double Lead = 0.7;

    /// <summary>Against rounding at whole numbers.</summary>
    private const double Epsilon = 1e-9;

    /// <summary>How many of the first <paramref name="count"/> places are set aside.</summary>
    public static int CountIn(int count, double share) => share > 0 ? (int)((count * share) + Lead + Epsilon) : 0;

    /// <summary>Whether the place, from 0, is set aside.</summary>
    public static bool Has(int place, double share) => CountIn(place + 1, share) > CountIn(place, share);
}
