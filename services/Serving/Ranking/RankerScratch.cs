using Recommender.Modeling.Onnx.Ranking;
using Recommender.Modeling.Ranking;

namespace Recommender.Serving.Ranking;

/// <summary>Working memory of the ranker for one request: what features need of the viewer, and room for those of all candidates.</summary>
internal sealed class RankerScratch
{
    private float[] _features = [];
    private float[] _expected = [];

    /// <summary>Whether what follows is that of this request's viewer.</summary>
    public bool IsReady { get; set; }

    /// <summary>What the viewer did lately with the videos of each author.</summary>
    public Dictionary<string, AuthorTally> Authors { get; } = new(StringComparer.Ordinal);

    /// <summary>See <see cref="RankerFeature.ViewerWatchRatio"/>.</summary>
    public float WatchRatio { get; set; }

    /// <summary>See <see cref="RankerFeature.ViewerLikeRate"/>.</summary>
    public float LikeRate { get; set; }

    /// <summary>See <see cref="RankerFeature.ViewerViews"/>.</summary>
    public float Views { get; set; }

    /// <summary>One by the length of the solved vector; 0 without one.</summary>
    public float InverseNorm { get; set; }

    /// <summary>Room for the features of so many candidates and for what is expected of them.</summary>
    public (Memory<float> Features, Memory<float> Expected) Rows(int candidates)
    {
        var rows = RankerSession.RowsOf(candidates);
        if (_features.Length < rows * RankerFeatures.Count) (_features, _expected) = (new float[rows * RankerFeatures.Count], new float[rows * OutcomeWeights.Count]);
        return (_features, _expected);
    }

    /// <summary>Forgets the viewer.</summary>
    public void Reset()
    {
        if (!IsReady) return;
        IsReady = false;
        Authors.Clear();
    }
}

/// <summary>What a viewer did lately with the videos of one author.</summary>
/// <param name="Events">Number of interactions.</param>
/// <param name="Liking">Their sum, each -1 (disliked) to 1 (liked).</param>
internal record struct AuthorTally(int Events, float Liking);
