using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using System.Text.Unicode;

namespace Recommender.Training.Dataset;

/// <summary>Numbers texts 0, 1, 2 ... in the order of their first appearance, without making strings. Not safe for concurrent use.</summary>
internal sealed class Utf8Index
{
    // The longest text that its first and last word hold whole.
    private const int ShortLength = 2 * sizeof(ulong);

    // Texts whose places in the table are fetched while those before them are looked up.
    private const int Ahead = 16;

    private Slot[] _slots = new Slot[256];

    /// <summary>The texts by number.</summary>
    public Utf8List Texts { get; } = new();

    /// <summary>The number of a text, a new one if it has none yet; -1 when it is no UTF-8.</summary>
    public int Add(ReadOnlySpan<byte> text) => Add(text, Utf8Hash.Of(text));

    /// <summary>As the other one, by a hash that <see cref="AskFor"/> has given.</summary>
    public int Add(ReadOnlySpan<byte> text, ulong hash)
    {
        var (first, last) = Utf8Hash.EndsOf(text);
        var slots = _slots;
        var mask = slots.Length - 1;
        var at = PlaceOf(hash) & mask;
        for (; slots[at].Next != 0; at = (at + 1) & mask)
        {
            ref readonly var slot = ref slots[at];
            if (slot.Hash != hash || slot.First != first || slot.Last != last) continue;
            var number = slot.Next - 1;
            if (slot.Length == text.Length && (text.Length <= ShortLength || Texts[number].SequenceEqual(text))) return number;
        }

        if (!Utf8.IsValid(text)) return -1;
        Texts.Add(text);
        slots[at] = new Slot(hash, first, last, text.Length, Texts.Count);
        if (2L * Texts.Count > slots.Length) Grow();
        return Texts.Count - 1;
    }

    /// <summary>Numbers some of the texts of another list.</summary>
    /// <param name="texts">The texts, UTF-8.</param>
    /// <param name="wanted">What marks a text that gets a number.</param>
    /// <param name="numbers">By text a mark, and then its number.</param>
    public void Add(Utf8List texts, int wanted, Span<int> numbers)
    {
        Span<ulong> hashes = stackalloc ulong[Ahead];
        for (var from = 0; from < texts.Count; from += Ahead)
        {
            var count = Math.Min(Ahead, texts.Count - from);
            for (var i = 0; i < count; i++) hashes[i] = AskFor(texts[from + i]);
            for (var i = 0; i < count; i++)
            {
                ref var number = ref numbers[from + i];
                if (number == wanted) number = Add(texts[from + i], hashes[i]);
            }
        }
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

    // The upper half is mixed best.
    private static int PlaceOf(ulong hash) => (int)(hash >> 32);

    private void Grow()
    {
        var before = _slots;
        _slots = new Slot[checked(2 * before.Length)];
        var mask = _slots.Length - 1;
        foreach (ref readonly var slot in before.AsSpan())
        {
            if (slot.Next == 0) continue;
            var at = PlaceOf(slot.Hash) & mask;
            while (_slots[at].Next != 0) at = (at + 1) & mask;
            _slots[at] = slot;
        }
    }

    /// <summary>A text's place in the table: all that tells it from others, so that the memory is asked once. Short texts, as most ids are, are in it whole.</summary>
    /// <param name="Hash">The text's hash, which also says where to look.</param>
    /// <param name="First">Its first bytes, see <see cref="Utf8Hash.EndsOf"/>.</param>
    /// <param name="Last">Its last bytes.</param>
    /// <param name="Length">Its bytes.</param>
    /// <param name="Next">Its number + 1; 0: free.</param>
    private readonly record struct Slot(ulong Hash, ulong First, ulong Last, int Length, int Next);
}
