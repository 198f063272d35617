using System.Runtime.InteropServices;

namespace Recommender.Features.Online;

/// <summary>The ids that the events of a batch name, once each, and which of them each event names.</summary>
internal sealed class BatchIds
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _ids = [];
    private readonly List<int> _numberOf = [];

    /// <summary>The ids, in the order in which they came.</summary>
    public IReadOnlyList<string> Ids => _ids;

    /// <summary>Events.</summary>
    public int Events => _numberOf.Count;

    /// <summary>The number in <see cref="Ids"/> of the one that an event names.</summary>
    /// <param name="place">The event's place in the batch.</param>
    public int NumberOf(int place) => _numberOf[place];

    /// <summary>Adds an event.</summary>
    /// <param name="place">Its place in the batch; events at and behind it move up.</param>
    /// <param name="id">What it names.</param>
    /// <returns>Whether no event named it before.</returns>
    public bool Insert(int place, string id)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, id, out var isKnown);
        if (!isKnown)
        {
            number = _ids.Count;
            _ids.Add(id);
        }
        _numberOf.Insert(place, number);
        return !isKnown;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _numbers.Clear();
        _ids.Clear();
        _numberOf.Clear();
    }
}
