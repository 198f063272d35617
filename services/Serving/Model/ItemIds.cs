using System.Numerics;

namespace Recommender.Serving.Model;

/// <summary>
/// Item numbers by the ids. A short id stands in the table itself, in the place that its hash names or soon behind it, beside its text and the item's number: so each of an
/// answer's hundred look-ups takes one line of memory, and none waits for another. 43 to 85 bytes per item. Immutable; safe for concurrent use.
/// </summary>
internal sealed class ItemIds
{
    private readonly Entry[] _entries;

    /// <summary>Makes the table.</summary>
    /// <param name="cards">The items, with distinct ids.</param>
    public ItemIds(ItemCard[] cards)
    {
        // At most three quarters are taken.
        _entries = new Entry[BitOperations.RoundUpToPowerOf2((ulong)Math.Max(2, (cards.Length * 4L / 3) + 1))];
        for (var item = 0; item < cards.Length; item++)
        {
            var key = IdKey.Of(cards[item].Id);
            var at = PlaceOf(key);
            while (_entries[at].Id is not null) at = Next(at);
            _entries[at] = new Entry(key, cards[item].Id, item);
        }
    }

    /// <summary>The item with the id; false, and -1, when there is none.</summary>
    public bool TryFind(ReadOnlySpan<char> id, out int item) => Find(id, out item) is not null;

    /// <summary>The text of an item's id; null, and -1, when there is no such item.</summary>
    public string? Find(ReadOnlySpan<char> id, out int item)
    {
        var key = IdKey.Of(id);
        for (var at = PlaceOf(key); ; at = Next(at))
        {
            ref readonly var entry = ref _entries[at];
            item = entry.Id is null ? -1 : entry.Item;
            if (item < 0 || (entry.Key == key && (key.IsWhole || id.SequenceEqual(entry.Id)))) return entry.Id;
        }
    }

    private uint PlaceOf(in IdKey key) => (uint)key.GetHashCode() & (uint)(_entries.Length - 1);

    private uint Next(uint place) => (place + 1) & (uint)(_entries.Length - 1);

    private readonly record struct Entry(IdKey Key, string? Id, int Item);
}
