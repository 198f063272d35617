using System.Diagnostics.CodeAnalysis;

namespace Recommender.Modeling.Sparse;

/// <summary>
/// Numbers string ids 0, 1, 2 ... in the order of their first appearance. Ids are compared byte by byte (ordinal), any Unicode.
/// Safe for concurrent readers, not while <see cref="Add"/> runs.
/// </summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "It is an index, not a collection to add to freely.")]
public sealed class IdIndex
{
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _spanIndices;
    private readonly List<string> _ids = [];

    /// <summary>An empty index.</summary>
    public IdIndex() => _spanIndices = _indices.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>An index of the given ids, in their order; a repeated id keeps its first number.</summary>
    public IdIndex(IEnumerable<string> ids) : this()
    {
        ArgumentNullException.ThrowIfNull(ids);
        foreach (var id in ids) Add(id);
    }

    /// <summary>Number of distinct ids.</summary>
    public int Count => _ids.Count;

    /// <summary>All ids, in the order of their numbers.</summary>
    public IReadOnlyList<string> Ids => _ids;

    /// <summary>The id with number <paramref name="index"/>.</summary>
    public string this[int index] => _ids[index];

    /// <summary>The number of <paramref name="id"/>, a new one if it has none yet. Allocates only for a new id.</summary>
    public int Add(ReadOnlySpan<char> id)
    {
        if (_spanIndices.TryGetValue(id, out var index)) return index;
        var text = id.ToString();
        _indices.Add(text, _ids.Count);
        _ids.Add(text);
        return _ids.Count - 1;
    }

    /// <summary>The number of <paramref name="id"/>, if it has one.</summary>
    public bool TryGet(ReadOnlySpan<char> id, out int index) => _spanIndices.TryGetValue(id, out index);
}
