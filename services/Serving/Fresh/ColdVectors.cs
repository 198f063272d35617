using Recommender.Serving.Model;

namespace Recommender.Serving.Fresh;

/// <summary>Vectors of videos that a model does not know, in its space. Immutable.</summary>
internal sealed class ColdVectors
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly string[] _ids;
    private readonly float[] _rows;
    private readonly int _length;

    /// <summary>Keeps the vectors.</summary>
    /// <param name="modelVersion">The model in whose space they are.</param>
    /// <param name="ids">Video ids, each once.</param>
    /// <param name="rows">ids x length, row-major.</param>
    /// <param name="length">Length of a vector.</param>
    public ColdVectors(string modelVersion, string[] ids, float[] rows, int length)
    {
        (ModelVersion, _ids, _rows, _length) = (modelVersion, ids, rows, length);
        for (var i = 0; i < ids.Length; i++) _numbers.Add(ids[i], i);
    }

    /// <summary>No vectors.</summary>
    public static ColdVectors None { get; } = new("", [], [], 0);

    /// <summary>The model in whose space the vectors are.</summary>
    public string ModelVersion { get; }

    /// <summary>Number of videos.</summary>
    public int Count => _ids.Length;

    /// <summary>Id of a video.</summary>
    public string IdOf(int number) => _ids[number];

    /// <summary>Number of a video; -1 when it has no vector.</summary>
    public int Find(string videoId) => _numbers.TryGetValue(videoId, out var number) ? number : -1;

    /// <summary>A video's vector.</summary>
    public ReadOnlySpan<float> Row(int number) => _rows.AsSpan(number * _length, _length);

    /// <summary>The score of a video for a viewer: the inner product of their vectors, as for videos that the model knows.</summary>
    public float Score(ReadOnlySpan<float> viewer, int number) => Vectors.Dot(viewer, Row(number));
}
