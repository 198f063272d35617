namespace Recommender.Modeling.Ranking;

/// <summary>Impressions with their outcomes, in columns, in the order of time. Impressions of one answer stand together.</summary>
public sealed class RankerData
{
    /// <summary>Takes the columns over.</summary>
    /// <param name="features">impressions x <see cref="RankerFeatures.Count"/>, row-major, finite.</param>
    /// <param name="outcomes">impressions x <see cref="OutcomeWeights.Count"/>, row-major, 0 to 1; not a number where nobody knows.</param>
    /// <param name="positions">0-based place in the answer.</param>
    /// <param name="requests">Number of the answer, ascending.</param>
    /// <param name="viewers">Number of the viewer.</param>
    public RankerData(float[] features, float[] outcomes, int[] positions, int[] requests, int[] viewers)
    {
        if (features.Length != positions.Length * RankerFeatures.Count || outcomes.Length != positions.Length * OutcomeWeights.Count
            || requests.Length != positions.Length || viewers.Length != positions.Length)
            throw new ArgumentException("The columns differ in length.", nameof(features));
        (Features, Outcomes, Positions, Requests, Viewers) = (features, outcomes, positions, requests, viewers);
    }

    /// <summary>Number of impressions.</summary>
    public int Count => Positions.Length;

    /// <summary>0-based place in the answer, by impression.</summary>
    public int[] Positions { get; }

    /// <summary>Number of the answer, by impression.</summary>
    public int[] Requests { get; }

    /// <summary>Number of the viewer, by impression.</summary>
    public int[] Viewers { get; }

    private float[] Features { get; }

    private float[] Outcomes { get; }

    /// <summary>The features of an impression.</summary>
    public ReadOnlySpan<float> FeaturesOf(int impression) => Features.AsSpan(impression * RankerFeatures.Count, RankerFeatures.Count);

    /// <summary>The outcomes of an impression; not a number where nobody knows.</summary>
    public ReadOnlySpan<float> OutcomesOf(int impression) => Outcomes.AsSpan(impression * OutcomeWeights.Count, OutcomeWeights.Count);

    /// <summary>What came of an impression, weighted; what nobody knows counts nothing.</summary>
    public double WorthOf(int impression, OutcomeWeights weights)
    {
        var known = OutcomesOf(impression);
        return weights.Of(known[0], known[1], float.IsNaN(known[2]) ? 0 : known[2]);
    }

    /// <summary>The first impression at or after a share of all of them at which an answer begins.</summary>
    public int CutAt(double share)
    {
        var at = (int)(Count * share);
        while (at > 0 && at < Count && Requests[at] == Requests[at - 1]) at++;
        return at;
    }
}
