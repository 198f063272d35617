using System.Text.Unicode;

namespace Recommender.Training.Dataset;

/// <summary>Numbers texts 0, 1, 2 ... in the order of their first appearance, without making strings. Not safe for concurrent use.</summary>
internal sealed class Utf8Index
{
    private int[] _slots = new int[256]; // number + 1, 0 when free
    private uint[] _hashes = new uint[64];

    /// <summary>The texts by number.</summary>
    public Utf8List Texts { get; } = new();

    /// <summary>The number of a text, a new one if it has none yet; -1 when it is no UTF-8.</summary>
    public int Add(ReadOnlySpan<byte> text)
    {
        var hash = (uint)Utf8Hash.Of(text);
        var mask = _slots.Length - 1;
        var slot = (int)hash & mask;
        for (; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            var known = _slots[slot] - 1;
            if (_hashes[known] == hash && Texts[known].SequenceEqual(text)) return known;
        }

        if (!Utf8.IsValid(text)) return -1;
        var number = Texts.Count;
        Texts.Add(text);
        if (number == _hashes.Length) Array.Resize(ref _hashes, 2 * number);
        _hashes[number] = hash;
        _slots[slot] = number + 1;
        if (2 * Texts.Count > _slots.Length) Grow();
        return number;
    }

    /// <summary>Forgets all texts.</summary>
    public void Clear()
    {
        Texts.Clear();
        Array.Clear(_slots);
    }

    private void Grow()
    {
        _slots = new int[checked(4 * _slots.Length)];
        var mask = _slots.Length - 1;
        for (var number = 0; number < Texts.Count; number++)
        {
            var slot = (int)_hashes[number] & mask;
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = number + 1;
        }
    }
}
