using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using System.Text.Unicode;

namespace Recommender.Training.Dataset;

/// <summary>Numbers texts 0, 1, 2 ... in the order of their first appearance, without making strings. Not safe for concurrent use.</summary>
internal sealed class Utf8Index
{
    // A key is the upper bits of a text's hash over its length; all longer ones share the largest.
    private const ulong LengthMask = 0xFFFF;
    private const int LengthBits = 16;

    private Slot[] _slots = new Slot[256];

    /// <summary>The texts by number.</summary>
    public Utf8List Texts { get; } = new();

    /// <summary>The number of a text, a new one if it has none yet; -1 when it is no UTF-8.</summary>
    public int Add(ReadOnlySpan<byte> text) => Add(text, Utf8Hash.Of(text));

    /// <summary>As the other one, by a hash that <see cref="AskFor"/> has given.</summary>
    public int Add(ReadOnlySpan<byte> text, ulong hash)
    {
        var key = (hash & ~LengthMask) | Math.Min((ulong)text.Length, LengthMask);
        var mask = _slots.Length - 1;
        var at = PlaceOf(key) & mask;
        for (; _slots[at].Number != 0; at = (at + 1) & mask)
        {
            ref readonly var slot = ref _slots[at];
            if (slot.Key == key && Texts.From(slot.Start, text.Length).SequenceEqual(text)) return slot.Number - 1;
        }

        if (!Utf8.IsValid(text)) return -1;
        var start = Texts.Bytes.Length;
        Texts.Add(text);
        _slots[at] = new Slot(key, Texts.Count, start);
        if (2 * Texts.Count > _slots.Length) Grow();
        return Texts.Count - 1;
    }

    /// <summary>Lets the memory fetch what <see cref="Add(ReadOnlySpan{byte}, ulong)"/> will look at, while the caller does other things.</summary>
    /// <returns>The text's hash.</returns>
    public unsafe ulong AskFor(ReadOnlySpan<byte> text)
    {
        var hash = Utf8Hash.Of(text);
        // Whether the array moves meanwhile does not matter.
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref _slots[PlaceOf(hash) & (_slots.Length - 1)]));
        return hash;
    }

    /// <summary>Forgets all texts.</summary>
    public void Clear()
    {
        Texts.Clear();
        Array.Clear(_slots);
    }

    private static int PlaceOf(ulong key) => (int)(key >> LengthBits);

    private void Grow()
    {
        var before = _slots;
        _slots = new Slot[checked(4 * before.Length)];
        var mask = _slots.Length - 1;
        foreach (ref readonly var slot in before.AsSpan())
        {
            if (slot.Number == 0) continue;
            var at = PlaceOf(slot.Key) & mask;
            while (_slots[at].Number != 0) at = (at + 1) & mask;
            _slots[at] = slot;
        }
    }

    /// <summary>A text's place in a table.</summary>
    /// <param name="Key">Upper bits of its hash, and its length.</param>
    /// <param name="Number">Its number + 1; 0 when the slot is free.</param>
    /// <param name="Start">Where it begins in <see cref="Utf8List.Bytes"/>.</param>
    private readonly record struct Slot(ulong Key, int Number, int Start);
}
