using System.Numerics;

namespace Recommender.Serving.Model;

/// <summary>
/// Item numbers by the ids. A short id stands in the table itself, in the place that its hash names or soon behind it, beside the item's number: so each of an answer's
/// hundred look-ups takes one line of memory, and none waits for another. 32 to 64 bytes per item. Immutable; safe for concurrent use.
/// </summary>
internal sealed class ItemIds
{
    private readonly ItemCard[] _cards;
    private readonly Entry[] _entries;

    /// <summary>Makes the table.</summary>
    /// <param name="cards">The items, with distinct ids; kept.</param>
    public ItemIds(ItemCard[] cards)
    {
        _cards = cards;
        // At most three quarters are taken.
        _entries = new Entry[BitOperations.RoundUpToPowerOf2((ulong)Math.Max(2, (cards.Length * 4L / 3) + 1))];
        for (var item = 0; item < cards.Length; item++)
        {
            var key = IdKey.Of(cards[item].Id);
            var at = PlaceOf(key);
            while (_entries[at].ItemPlusOne != 0) at = Next(at);
            _entries[at] = new Entry(key, item + 1);
        }
    }

    /// <summary>The item with the id; false, and -1, when there is none.</summary>
    public bool TryFind(ReadOnlySpan<char> id, out int item)
    {
        var key = IdKey.Of(id);
        for (var at = PlaceOf(key); _entries[at] is { ItemPlusOne: > 0 } entry; at = Next(at))
        {
            item = entry.ItemPlusOne - 1;
            if (entry.Key == key && (key.IsWhole || id.SequenceEqual(_cards[item].Id))) return true;
        }
        item = -1;
        return false;
    }

    private uint PlaceOf(in IdKey key) => (uint)key.GetHashCode() & (uint)(_entries.Length - 1);

    private uint Next(uint place) => (place + 1) & (uint)(_entries.Length - 1);

    private readonly record struct Entry(IdKey Key, int ItemPlusOne);
}
