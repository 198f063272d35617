using System.Buffers.Binary;

namespace Recommender.Training.Dataset;

/// <summary>Puts ids into ordinal order, that of their UTF-16 code units, without making strings before.</summary>
internal static class IdOrder
{
    // Only from here on do UTF-8 and UTF-16 disagree: characters beyond 0xFFFF are four bytes, and come before those from 0xE000 in UTF-16.
    private const byte FirstOfPrivate = 0xEE;
    private const byte FirstOfFour = 0xF0;

    /// <summary>The ids in order, and the place of each number in it.</summary>
    public static (IdList Ids, int[] Rank) Of(Utf8List ids)
    {
        var numbers = new int[ids.Count];
        var keys = new ulong[ids.Count];
        var shared = SharedStart(ids);
        var isPlain = !ids.Bytes.ContainsAnyInRange(FirstOfPrivate, (byte)0xFF);
        for (var i = 0; i < numbers.Length; i++) (numbers[i], keys[i]) = (i, Key(ids[i][shared..], isPlain));
        Array.Sort(keys, numbers);
        var byText = Comparer<int>.Create((a, b) => isPlain ? ids[a].SequenceCompareTo(ids[b]) : Compare(ids[a], ids[b]));
        for (var from = 0; from < numbers.Length;)
        {
            var to = from + 1;
            while (to < numbers.Length && keys[to] == keys[from]) to++;
            if (to - from > 1) Array.Sort(numbers, from, to - from, byText);
            from = to;
        }

        var rank = new int[numbers.Length];
        for (var i = 0; i < numbers.Length; i++) rank[numbers[i]] = i;
        return (new IdList(ids.InOrder(numbers)), rank);
    }

    // Bytes that all ids begin with.
    private static int SharedStart(Utf8List ids)
    {
        if (ids.Count == 0) return 0;
        var shared = ids[0].Length;
        for (var i = 1; i < ids.Count && shared > 0; i++) shared = Math.Min(shared, ids[i].CommonPrefixLength(ids[0]));
        return shared;
    }

    private static ulong Key(ReadOnlySpan<byte> text, bool isPlain)
    {
        if (isPlain && text.Length >= sizeof(ulong)) return BinaryPrimitives.ReadUInt64BigEndian(text);
        var key = 0UL;
        for (var i = 0; i < sizeof(ulong); i++) key = (key << 8) | (i < text.Length ? Place(text[i]) : 0u);
        return key;
    }

    private static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var same = a.CommonPrefixLength(b);
        return same == a.Length || same == b.Length ? a.Length - b.Length : Place(a[same]) - Place(b[same]);
    }

    private static byte Place(byte b) => b < FirstOfPrivate ? b : b < FirstOfFour ? (byte)(b + 5) : (byte)(b - 2);
}
