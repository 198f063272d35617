using System.Diagnostics;

namespace Recommender.Modeling.Retrieval;

/// <summary>Items that a search leaves out: a short sorted list (what a viewer has seen), a bitmap (what nobody may see), or both.</summary>
public readonly ref struct ItemFilter
{
    private readonly ReadOnlySpan<ulong> _bitmap;

    /// <summary>Leaves out the listed items and those whose bit is set.</summary>
    /// <param name="sortedItems">Ascending item numbers; repeats are allowed.</param>
    /// <param name="bitmap">Bit <c>item % 64</c> of word <c>item / 64</c>; items beyond its end are not left out.</param>
    public ItemFilter(ReadOnlySpan<int> sortedItems, ReadOnlySpan<ulong> bitmap = default)
    {
        Debug.Assert(IsSorted(sortedItems), "The items of a filter must ascend.");
        SortedItems = sortedItems;
        _bitmap = bitmap;
    }

    internal ReadOnlySpan<int> SortedItems { get; }

    internal bool BitmapHas(int item) => (uint)(item >> 6) < (uint)_bitmap.Length && (_bitmap[item >> 6] >> (item & 63) & 1) != 0;

    private static bool IsSorted(ReadOnlySpan<int> items)
    {
        for (var i = 1; i < items.Length; i++)
        {
            if (items[i - 1] > items[i]) return false;
        }

        return true;
    }
}
