namespace Recommender.Modeling.Retrieval;

/// <summary>A set of item numbers in memory that is used again: a bit for each number up to the largest there ever was, and four bytes for each item in it. Not thread-safe.</summary>
public sealed class ItemSet
{
    private readonly List<int> _items = [];
    private ulong[] _bits = [];

    /// <summary>The items, in the order in which they came.</summary>
    public IReadOnlyList<int> Items => _items;

    /// <summary>Bit <c>item % 64</c> of word <c>item / 64</c>, as <see cref="ItemFilter"/> takes them.</summary>
    public ReadOnlySpan<ulong> Bits => _bits;

    /// <summary>Adds an item; one that is there already changes nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public void Add(int item)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(item);
        var (word, bit) = (item >> 6, 1UL << (item & 63));
        if (word >= _bits.Length) Array.Resize(ref _bits, Math.Max(word + 1, 2 * _bits.Length));
        if ((_bits[word] & bit) != 0) return;
        _bits[word] |= bit;
        _items.Add(item);
    }

    /// <summary>Whether an item is in it.</summary>
    public bool Contains(int item) => ItemFilter.HasBit(_bits, item);

    /// <summary>Takes all items out.</summary>
    public void Clear()
    {
        foreach (var item in _items) _bits[item >> 6] = 0;
        _items.Clear();
    }
}
