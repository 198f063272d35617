using Recommender.Hosting.Online;

namespace Recommender.Features.Online;

/// <summary>
/// Values of one partition that were absorbed lately, decoded, so that they need not be read again. What is in here was stored when it was put
/// in; whether it still is, the compare-and-set of the next write finds out, exactly as if the value had just been read and somebody had been quicker.
/// A batch takes values out and puts them back once it has written them, so that one which failed half way leaves nothing behind. Bounded; not
/// thread-safe.
/// </summary>
/// <param name="maxBytes">About how much memory the values may take.</param>
/// <typeparam name="TState">The decoded form.</typeparam>
internal sealed class HotValues<TState>(long maxBytes) where TState : class, IVersionedState<TState>
{
    // Of an entry besides its value: its place in the table and the text of its id.
    private const int EntryBytes = 120;

    // Two generations: what was not used while the younger one filled up is dropped with the older one.
    private Dictionary<string, TState> _young = new(StringComparer.Ordinal);
    private Dictionary<string, TState> _old = new(StringComparer.Ordinal);
    private long _youngBytes;

    /// <summary>Values in memory.</summary>
    public int Count => _young.Count + _old.Count;

    /// <summary>Takes a value out.</summary>
    public bool TryTake(string id, out TState? state)
    {
        if (_old.Remove(id, out state)) return true;
        if (!_young.Remove(id, out state)) return false;
        _youngBytes -= EntryBytes + state.MemoryBytes;
        return true;
    }

    /// <summary>Puts a value in that is stored as it is.</summary>
    public void Put(string id, TState state)
    {
        var bytes = EntryBytes + state.MemoryBytes;
        if (bytes > maxBytes / 2) return;
        if (_youngBytes + bytes > maxBytes / 2)
        {
            (_old, _young) = (_young, new Dictionary<string, TState>(StringComparer.Ordinal));
            _youngBytes = 0;
        }
        _young[id] = state;
        _youngBytes += bytes;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _young.Clear();
        _old.Clear();
        _youngBytes = 0;
    }
}
