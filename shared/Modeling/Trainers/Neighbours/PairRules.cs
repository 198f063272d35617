namespace Recommender.Modeling.Trainers.Neighbours;

/// <summary>How a pair of items in one history counts, and how counts become weights.</summary>
internal sealed record PairRules
{
    private const int Tabulated = 4096;
    private readonly float[] _decay;

    /// <param name="gapHalfLife">Steps between two items after which a pair counts half; 0: all pairs alike.</param>
    /// <param name="backward">What a pair counts when the item spoken for came first, relative to when it came after.</param>
    public PairRules(double gapHalfLife, double backward)
    {
        Backward = (float)backward;
        _decay = new float[Tabulated];
        for (var gap = 0; gap < Tabulated; gap++) _decay[gap] = gapHalfLife > 0 ? (float)double.Exp2(-Math.Max(0, gap - 1) / gapHalfLife) : 1f;
    }

    /// <summary>Relative weight of a pair against the order.</summary>
    public float Backward { get; }

    /// <summary>A viewer's pairs weigh (items of the viewer)^-exponent each.</summary>
    public double ViewerExponent { get; init; }

    /// <summary>Weights are divided by (viewers of the item that speaks)^exponent.</summary>
    public double SourceExponent { get; init; }

    /// <summary>Weights are divided by (viewers of the item spoken for)^exponent.</summary>
    public double TargetExponent { get; init; }

    /// <summary>A count c is multiplied by c / (c + shrink).</summary>
    public double Shrink { get; init; }

    /// <param name="gap">Rank of the item spoken for less that of the item that speaks.</param>
    public float GapWeight(long gap) => gap > 0 ? _decay[Math.Min(gap, Tabulated - 1)] : Backward * _decay[Math.Min(-gap, Tabulated - 1)];
}
