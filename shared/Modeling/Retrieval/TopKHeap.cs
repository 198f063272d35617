using System.Numerics;
using System.Runtime.CompilerServices;

namespace Recommender.Modeling.Retrieval;

/// <summary>
/// The best items of a scan in ascending item order, in the caller's memory. The root is the worst kept item, so most items of a
/// long scan cost one comparison. Of level scores the lower item number stays.
/// </summary>
internal ref struct TopKHeap(Span<ScoredItem> storage, ItemFilter filter)
{
    private readonly Span<ScoredItem> _storage = storage;
    private readonly ItemFilter _filter = filter;
    private int _count;
    private int _excludedAt;

    /// <summary>Only a score above this can enter.</summary>
    public float Threshold { get; private set; } = float.NegativeInfinity;

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
        if (!(score > Threshold) || IsExcluded(item)) return;
        if (_count < _storage.Length)
        {
            _storage[_count++] = new ScoredItem(item, score);
            if (_count < _storage.Length) return;
            for (var i = (_count / 2) - 1; i >= 0; i--) SiftDown(i, _count, _storage[i]);
        }
        else
        {
            SiftDown(0, _count, new ScoredItem(item, score));
        }

        Threshold = _storage[0].Score;
    }

    /// <summary>Sorts what was kept, best first, and returns its number.</summary>
    public readonly int Finish()
    {
        _storage[.._count].Sort(static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Item.CompareTo(b.Item));
        return _count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsWorse(ScoredItem a, ScoredItem b) => a.Score < b.Score || (a.Score == b.Score && a.Item > b.Item);

    private bool IsExcluded(int item)
    {
        var excluded = _filter.SortedItems;
        while (_excludedAt < excluded.Length && excluded[_excludedAt] < item) _excludedAt++;
        return (_excludedAt < excluded.Length && excluded[_excludedAt] == item) || _filter.BitmapHas(item);
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
