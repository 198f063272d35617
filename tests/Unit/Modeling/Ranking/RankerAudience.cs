using Recommender.Modeling.Ranking;

namespace Recommender.Tests.Unit.Modeling.Ranking;

/// <summary>
/// Impressions of viewers whose likes follow from two features that the blend does not know of, and from the place: what stands lower is liked less,
/// whatever it is.
/// </summary>
internal static class RankerAudience
{
    public const int PerAnswer = 10;

    /// <summary>The log odds of a like at the first place.</summary>
    public static double LikeOdds(ReadOnlySpan<float> features) =>
        -2 + (2 * features[(int)RankerFeature.AuthorAffinity]) - (1.5 * features[(int)RankerFeature.Age]) + features[(int)RankerFeature.BlendScore];

    /// <summary>Makes them.</summary>
    /// <param name="answers">Answers of ten videos.</param>
    /// <param name="seed">Another one is other luck.</param>
    /// <param name="placeEffect">What each place takes off the log odds.</param>
    /// <param name="isInformed">Whether outcomes follow from the features at all.</param>
    public static RankerData Create(int answers, int seed = 1, double placeEffect = 0.1, bool isInformed = true)
    {
        var random = new Random(seed);
        var count = answers * PerAnswer;
        var (features, outcomes) = (new float[count * RankerFeatures.Count], new float[count * OutcomeWeights.Count]);
        var (positions, requests, viewers) = (new int[count], new int[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            (positions[i], requests[i], viewers[i]) = (i % PerAnswer, i / PerAnswer, i / PerAnswer % Math.Max(1, answers / 5));
            var row = features.AsSpan(i * RankerFeatures.Count, RankerFeatures.Count);
            foreach (ref var feature in row) feature = (float)((2 * random.NextDouble()) - 1);
            var odds = isInformed ? LikeOdds(row) - (placeEffect * positions[i]) : -2;
            var p = 1 / (1 + Math.Exp(-odds));
            var isLiked = random.NextDouble() < p;
            outcomes[i * OutcomeWeights.Count] = isLiked ? 1 : 0;
            outcomes[(i * OutcomeWeights.Count) + 1] = isLiked && random.NextDouble() < 0.3 ? 1 : 0;
            outcomes[(i * OutcomeWeights.Count) + 2] = random.Next(20) == 0 ? float.NaN : (float)Math.Min(1, p + (0.2 * random.NextDouble()));
        }
        return new RankerData(features, outcomes, positions, requests, viewers);
    }
}
