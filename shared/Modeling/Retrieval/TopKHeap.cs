using System.Numerics;
using System.Runtime.CompilerServices;

namespace Recommender.Modeling.Retrieval;

/// <summary>
/// The best items of a scan, in the caller's memory. The root is the worst kept item, so most items of a
/// long scan cost one comparison. Of level scores the lower item number stays.
/// </summary>
internal ref struct TopKHeap(Span<ScoredItem> storage, ItemFilter filter)
{
    private readonly Span<ScoredItem> _storage = storage;
    private readonly ItemFilter _filter = filter;
    private TopKState _state = new();

    /// <summary>A heap that goes on where another one with the same storage and filter was.</summary>
    public TopKHeap(Span<ScoredItem> storage, ItemFilter filter, TopKState state)
        : this(storage, filter) => _state = state;

    /// <summary>Where the scan stands, beside what is in the storage.</summary>
    public readonly TopKState State => _state;

    /// <summary>Only a score above this can enter.</summary>
    public readonly float Threshold => _state.Threshold;

    /// <summary>Offers up to 32 consecutive items of which the set bits of <paramref name="mask"/> beat <see cref="Threshold"/>.</summary>
    public unsafe void Offer(int firstItem, float* scores, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            Offer(firstItem + lane, scores[lane]);
        }
    }

    /// <summary>Offers one item; items must come in ascending order.</summary>
    public void Offer(int item, float score)
    {
        if (!(score > Threshold) || Excludes(item)) return;
        Take(item, score);
    }

    /// <summary>Offers one item, in whatever order they come.</summary>
    public void OfferInAnyOrder(int item, float score)
    {
        if (!(score > Threshold) && !(score == Threshold && _state.Count == _storage.Length && item < _storage[0].Item)) return;
        if (_filter.SortedItems.BinarySearch(item) < 0 && !_filter.Has(item)) Take(item, score);
    }

    private void Take(int item, float score)
    {
        if (_state.Count < _storage.Length)
        {
            _storage[_state.Count++] = new ScoredItem(item, score);
            if (_state.Count < _storage.Length) return;
            for (var i = (_state.Count / 2) - 1; i >= 0; i--) SiftDown(i, _state.Count, _storage[i]);
        }
        else
        {
            SiftDown(0, _state.Count, new ScoredItem(item, score));
        }

        _state.Threshold = _storage[0].Score;
    }

    /// <summary>Sorts what was kept, best first, and returns its number.</summary>
    public readonly int Finish()
    {
        _storage[.._state.Count].Sort(static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Item.CompareTo(b.Item));
        return _state.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsWorse(ScoredItem a, ScoredItem b) => a.Score < b.Score || (a.Score == b.Score && a.Item > b.Item);

    /// <summary>Whether the filter leaves an item out; items must come in ascending order.</summary>
    public bool Excludes(int item)
    {
        var excluded = _filter.SortedItems;
        while (_state.ExcludedAt < excluded.Length && excluded[_state.ExcludedAt] < item) _state.ExcludedAt++;
        return (_state.ExcludedAt < excluded.Length && excluded[_state.ExcludedAt] == item) || _filter.Has(item);
    }

    private readonly void SiftDown(int at, int count, ScoredItem item)
    {
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= count) break;
            if (child + 1 < count && IsWorse(_storage[child + 1], _storage[child])) child++;
            if (!IsWorse(_storage[child], item)) break;
            _storage[at] = _storage[child];
            at = child;
        }

        _storage[at] = item;
    }
}

/// <summary>Where a scan by <see cref="TopKHeap"/> stands.</summary>
internal struct TopKState()
{
    /// <summary>Items kept so far.</summary>
    public int Count;

    /// <summary>How many of the excluded items the scan has passed.</summary>
    public int ExcludedAt;

    /// <summary>Only a score above this can enter.</summary>
    public float Threshold = float.NegativeInfinity;
}
