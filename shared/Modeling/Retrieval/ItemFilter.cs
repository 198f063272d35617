using System.Diagnostics;

namespace Recommender.Modeling.Retrieval;

/// <summary>Items that a search leaves out: a few of a viewer's, as a sorted list or a bitmap, a bitmap of what nobody may see, or both.</summary>
public readonly ref struct ItemFilter
{
    private readonly ReadOnlySpan<ulong> _bitmap;
    private readonly ReadOnlySpan<ulong> _more;

    /// <summary>Leaves out the listed items and those whose bit is set.</summary>
    /// <param name="sortedItems">Ascending item numbers; repeats are allowed.</param>
    /// <param name="bitmap">Bit <c>item % 64</c> of word <c>item / 64</c>; items beyond its end are not left out.</param>
    /// <param name="more">Another one.</param>
    public ItemFilter(ReadOnlySpan<int> sortedItems, ReadOnlySpan<ulong> bitmap = default, ReadOnlySpan<ulong> more = default)
    {
        Debug.Assert(IsSorted(sortedItems), "The items of a filter must ascend.");
        SortedItems = sortedItems;
        _bitmap = bitmap;
        _more = more;
    }

    internal ReadOnlySpan<int> SortedItems { get; }

    /// <summary>Whether a bitmap has the item.</summary>
    internal bool Has(int item) => HasBit(_bitmap, item) || HasBit(_more, item);

    internal static bool HasBit(ReadOnlySpan<ulong> bitmap, int item) => (uint)(item >> 6) < (uint)bitmap.Length && (bitmap[item >> 6] >> (item & 63) & 1) != 0;

    private static bool IsSorted(ReadOnlySpan<int> items)
    {
        for (var i = 1; i < items.Length; i++)
        {
            if (items[i - 1] > items[i]) return false;
        }

        return true;
    }
}
