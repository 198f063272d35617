using System.Collections.Concurrent;
using Recommender.Hosting.Online;
using Recommender.Modeling.Retrieval;

namespace Recommender.Serving.Fresh;

/// <summary>
/// Vectors of videos that a model does not know, in its space and beside its own in every search. A video that comes joins them at once, one that is
/// deleted leaves them at once; at the next model they begin anew. Bounded; safe for concurrent use.
/// </summary>
internal sealed class ColdVectors
{
    private readonly ConcurrentDictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ulong, int> _numbersByHash = new();
    private readonly Lock _sync = new();
    private readonly string[] _ids;
    private readonly float[] _rows;
    private readonly int _length;

    /// <summary>Makes room for vectors.</summary>
    /// <param name="modelVersion">The model in whose space they are.</param>
    /// <param name="modelItems">Videos that the model knows; numbers in searches go on behind theirs.</param>
    /// <param name="length">Length of a vector.</param>
    /// <param name="capacity">Videos at most.</param>
    public ColdVectors(string modelVersion, int modelItems, int length, int capacity)
    {
        (ModelVersion, _length, _ids, _rows) = (modelVersion, length, new string[capacity], new float[capacity * length]);
        Overlay = new ItemOverlay(modelItems, length, capacity);
    }

    /// <summary>No vectors.</summary>
    public static ColdVectors None { get; } = new("", 0, 1, 0);

    /// <summary>The model in whose space the vectors are.</summary>
    public string ModelVersion { get; }

    /// <summary>What a search looks through besides the model's videos.</summary>
    public ItemOverlay Overlay { get; }

    /// <summary>Number of videos.</summary>
    public int Count => Overlay.Count;

    /// <summary>Id of a video.</summary>
    public string IdOf(int number) => _ids[number];

    /// <summary>Number of a video; -1 when it has no vector.</summary>
    public int Find(string videoId) => _numbers.TryGetValue(videoId, out var number) ? number : -1;

    /// <summary>Number of a video given by the stable hash of its id; -1 when it has no vector.</summary>
    public int Find(ulong hash) => _numbersByHash.TryGetValue(hash, out var number) ? number : -1;

    /// <summary>A video's vector.</summary>
    public ReadOnlySpan<float> Row(int number) => _rows.AsSpan(number * _length, _length);

    /// <summary>The score of a video for a viewer: the inner product of their vectors, as for videos that the model knows.</summary>
    public float Score(ReadOnlySpan<float> viewer, int number) => OrderedDot.Of(viewer, Row(number));

    /// <summary>Adds a video.</summary>
    /// <returns>False when it is there already, or there is no room.</returns>
    public bool TryAdd(string videoId, ReadOnlySpan<float> vector)
    {
        lock (_sync)
        {
            var number = Count;
            if (number == _ids.Length || _numbers.ContainsKey(videoId)) return false;
            // A search that finds it finds its id and its row, too.
            _ids[number] = videoId;
            vector.CopyTo(_rows.AsSpan(number * _length, _length));
            _numbers[videoId] = number;
            _numbersByHash[StableHash.Of(videoId)] = number;
            return Overlay.Add(vector) == number;
        }
    }

    /// <summary>Notes whether a video is deleted.</summary>
    public void MarkDeleted(string videoId, bool isDeleted)
    {
        lock (_sync)
        {
            if (Find(videoId) is >= 0 and var number) Overlay.SetRemoved(number, isDeleted);
        }
    }
}
