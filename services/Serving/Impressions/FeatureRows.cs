using System.Buffers;
using Recommender.Modeling.Ranking;

namespace Recommender.Serving.Impressions;

/// <summary>Features of the videos of one answer, in memory that is used again.</summary>
internal sealed class FeatureRows
{
    private float[] _values;

    private FeatureRows(float[] values) => _values = values;

    /// <summary>Room for so many videos.</summary>
    public static FeatureRows Rent(int videos) => new(ArrayPool<float>.Shared.Rent(videos * RankerFeatures.Count));

    /// <summary>The features of a video, by its place.</summary>
    public Span<float> Of(int place) => _values.AsSpan(place * RankerFeatures.Count, RankerFeatures.Count);

    /// <summary>Gives the memory back; nothing may be read afterwards.</summary>
    public void Release()
    {
        ArrayPool<float>.Shared.Return(_values);
        _values = [];
    }
}
