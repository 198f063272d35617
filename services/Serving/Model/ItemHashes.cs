using System.Numerics;

namespace Recommender.Serving.Model;

/// <summary>
/// Item numbers by the stable hash of their ids: hash and number side by side, in the place that the hash itself names or soon behind it, so that each of
/// an answer's hundreds of look-ups takes one line of memory. 21 to 43 bytes per item. Immutable; safe for concurrent use.
/// </summary>
internal sealed class ItemHashes
{
    private readonly Entry[] _entries;

    /// <summary>Makes the table; of equal hashes the first item counts.</summary>
    public ItemHashes(int items, Func<int, ulong> hashOf)
    {
        // At most three quarters are taken.
        _entries = new Entry[BitOperations.RoundUpToPowerOf2((ulong)Math.Max(2, (items * 4L / 3) + 1))];
        for (var item = 0; item < items; item++)
        {
            ref var entry = ref Find(hashOf(item));
            if (entry.ItemPlusOne == 0) entry = new Entry(hashOf(item), item + 1);
        }
    }

    /// <summary>The item whose id has the hash; false, and -1, when there is none.</summary>
    public bool TryFind(ulong hash, out int item)
    {
        item = Find(hash).ItemPlusOne - 1;
        return item >= 0;
    }

    /// <summary>Says that a hash is looked for soon.</summary>
    public void Expect(ulong hash) => Ahead.Of(ref _entries[hash & (ulong)(_entries.Length - 1)]);

    /// <summary>Where the hash is, or would be.</summary>
    private ref Entry Find(ulong hash)
    {
        var at = hash & (ulong)(_entries.Length - 1);
        while (_entries[at].ItemPlusOne != 0 && _entries[at].Hash != hash) at = (at + 1) & (ulong)(_entries.Length - 1);
        return ref _entries[at];
    }

    private readonly record struct Entry(ulong Hash, int ItemPlusOne);
}
