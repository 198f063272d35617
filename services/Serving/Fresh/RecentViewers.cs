namespace Recommender.Serving.Fresh;

/// <summary>
/// The viewers that this replica answered last, with their newest vectors in the live model's space: of a model no viewers are kept, so these stand for all
/// when a video is solved from its viewers. Bounded: 4,096 viewers, the longest not seen making room. Safe for concurrent use.
/// </summary>
internal sealed class RecentViewers
{
    /// <summary>Viewers at most.</summary>
    public const int Capacity = 4096;

    private readonly Lock _sync = new();
    private readonly Dictionary<ulong, int> _places = [];
    private readonly ulong[] _viewers = new ulong[Capacity];
    private float[] _rows = [];
    private string _modelVersion = "";
    private int _length;
    private int _next;

    /// <summary>Takes note of a viewer's vector; another model's are dropped.</summary>
    /// <param name="modelVersion">The model in whose space the vector is.</param>
    /// <param name="viewer">Stable hash of the viewer's id.</param>
    /// <param name="vector">The vector.</param>
    public void Meet(string modelVersion, ulong viewer, ReadOnlySpan<float> vector)
    {
        lock (_sync)
        {
            if (_modelVersion != modelVersion || _length != vector.Length) Begin(modelVersion, vector.Length);
            if (!_places.TryGetValue(viewer, out var place))
            {
                place = _next;
                _next = (_next + 1) % Capacity;
                if (_places.Count == Capacity) _places.Remove(_viewers[place]);
                _places[_viewers[place] = viewer] = place;
            }
            vector.CopyTo(_rows.AsSpan(place * _length, _length));
        }
    }

    /// <summary>The viewers' numbers, by hash, and their vectors, viewers x factors; empty in another model's space.</summary>
    public (Dictionary<ulong, int> Numbers, float[] Rows) Copy(string modelVersion)
    {
        lock (_sync)
        {
            if (_modelVersion != modelVersion) return ([], []);
            return (new Dictionary<ulong, int>(_places), _rows[..(_places.Count * _length)]);
        }
    }

    private void Begin(string modelVersion, int length)
    {
        _places.Clear();
        _next = 0;
        (_modelVersion, _length) = (modelVersion, length);
        if (_rows.Length != Capacity * length) _rows = new float[Capacity * length];
    }
}
