namespace Recommender.Modeling.FoldIn;

/// <summary>
/// Solves one video's factors from the viewers who chose it against fixed viewer factors, so that a video that the trainer never saw is
/// recommended like any other: the same solver as <see cref="ViewerFoldIn"/>. Safe for concurrent use; allocates nothing in the steady state.
/// </summary>
public sealed class VideoFoldIn
{
    private readonly FactorFoldIn _viewers;

    /// <summary>Computes and keeps the gram matrix of the viewer factors: O(viewers * factors^2), once per model.</summary>
    /// <param name="viewerFactors">viewers x factors, row-major, float32; copied (4 bytes per number).</param>
    /// <param name="factors">Length of a row, from 1.</param>
    /// <param name="settings">As the model was trained with.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="viewerFactors"/> is no multiple of <paramref name="factors"/>.</exception>
    public VideoFoldIn(ReadOnlyMemory<float> viewerFactors, int factors, FoldInSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _viewers = FactorFoldIn.Create(viewerFactors, factors, settings);
    }

    /// <summary>Length of a video's vector.</summary>
    public int Factors => _viewers.Factors;

    /// <summary>Number of viewers; valid viewer numbers are below it.</summary>
    public int ViewerCount => _viewers.Count;

    /// <summary>Solves a video's factors into <paramref name="destination"/>. Zeros when nobody chose it.</summary>
    /// <param name="viewers">Distinct viewer numbers, in any order.</param>
    /// <param name="values">A finite value above zero per viewer.</param>
    /// <param name="destination">Length <see cref="Factors"/>.</param>
    /// <param name="share">
    /// The video's own factor of the weight of unobserved pairs: 1 for a video of average popularity, below for a rare one; finite, from 0.
    /// </param>
    /// <exception cref="ArgumentException">Lengths that do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A viewer number out of range, or a value or share that makes no sense.</exception>
    public void Solve(ReadOnlySpan<int> viewers, ReadOnlySpan<float> values, Span<float> destination, float share = 1f)
    {
        if (!(share >= 0f) || !float.IsFinite(share)) throw new ArgumentOutOfRangeException(nameof(share), share, "A share must be finite and not below zero.");
        _viewers.Check(viewers, values, destination, "viewers");
        _viewers.Solve(viewers, values, share, destination);
    }
}
