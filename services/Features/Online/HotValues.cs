using System.Runtime.InteropServices;
using Recommender.Hosting.Online;

namespace Recommender.Features.Online;

/// <summary>
/// Values of one partition that were absorbed lately, decoded: those that wait to be written, and those that need not be read again. What is in here was
/// stored once; whether it still is, the compare-and-set of the next write finds out, exactly as if the value had just been read and somebody had been
/// quicker. A value that is not changed is taken out while a batch works on it. When a batch fails half way nothing in here means anything any more
/// (<see cref="Clear"/>). Bounded, but for the changes of the last batch; not thread-safe.
/// </summary>
/// <param name="maxBytes">About how much memory the values may take.</param>
/// <typeparam name="TState">The decoded form. Its version is the stored one.</typeparam>
internal sealed class HotValues<TState>(long maxBytes) where TState : class, IVersionedState<TState>
{
    // Of an entry besides its value: its place in the table and the text of its id.
    private const int EntryBytes = 120;

    // Two generations: what was not used while the younger one filled up is dropped with the older one. What is changed counts for the younger one.
    private Dictionary<string, TState> _young = new(StringComparer.Ordinal);
    private Dictionary<string, TState> _old = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entry> _changed = new(StringComparer.Ordinal);
    private long _youngBytes;
    private long _changedBytes;

    /// <summary>Values in memory.</summary>
    public int Count => _young.Count + _old.Count + _changed.Count;

    /// <summary>Values that wait to be written.</summary>
    public IEnumerable<KeyValuePair<string, TState>> Changed => _changed.Select(c => KeyValuePair.Create(c.Key, c.Value.State));

    /// <summary>How many of them there are.</summary>
    public int ChangedCount => _changed.Count;

    /// <summary>About how much memory they take.</summary>
    public long ChangedBytes => _changedBytes;

    /// <summary>Takes a value out; one that waits to be written stays, too.</summary>
    public bool TryTake(string id, out TState? state)
    {
        if (_changed.TryGetValue(id, out var changed))
        {
            state = changed.State;
            return true;
        }
        if (_old.Remove(id, out state)) return true;
        if (!_young.Remove(id, out state)) return false;
        _youngBytes -= BytesOf(state);
        return true;
    }

    /// <summary>Puts a value in that is stored as it is, or that was taken while it waited to be written and is not changed further.</summary>
    public void Put(string id, TState state)
    {
        if (!_changed.ContainsKey(id)) Keep(id, state, BytesOf(state));
    }

    /// <summary>Puts a value in that is to be written.</summary>
    public void PutChanged(string id, TState state)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_changed, id, out _);
        var bytes = BytesOf(state);
        _changedBytes += bytes - entry.Bytes;
        entry = new Entry(state, bytes);
    }

    /// <summary>Notes that all that was changed is stored.</summary>
    public void Written()
    {
        _changedBytes = 0;
        foreach (var (id, entry) in _changed) Keep(id, entry.State, entry.Bytes);
        _changed.Clear();
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _young.Clear();
        _old.Clear();
        _changed.Clear();
        (_youngBytes, _changedBytes) = (0, 0);
    }

    private void Keep(string id, TState state, long bytes)
    {
        if (bytes > maxBytes / 2) return;
        if (_youngBytes + _changedBytes + bytes > maxBytes / 2)
        {
            (_old, _young) = (_young, new Dictionary<string, TState>(StringComparer.Ordinal));
            _youngBytes = 0;
        }
        _young[id] = state;
        _youngBytes += bytes;
    }

    private static long BytesOf(TState state) => EntryBytes + state.MemoryBytes;

    private readonly record struct Entry(TState State, long Bytes);
}
