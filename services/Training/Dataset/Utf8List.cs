using System.Text;

namespace Recommender.Training.Dataset;

/// <summary>Texts in UTF-8, end to end in one array, by number. Not safe for concurrent use while it grows.</summary>
internal sealed class Utf8List
{
    private byte[] _bytes = new byte[1024];
    private int[] _ends = new int[64];

    /// <summary>Number of texts.</summary>
    public int Count { get; private set; }

    /// <summary>All texts without a gap.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Count == 0 ? 0 : _ends[Count - 1]);

    /// <summary>Where each text ends in <see cref="Bytes"/>.</summary>
    public ReadOnlySpan<int> Ends => _ends.AsSpan(0, Count);

    /// <summary>The text with a number.</summary>
    public ReadOnlySpan<byte> this[int number]
    {
        get
        {
            var start = number == 0 ? 0 : _ends[number - 1];
            return _bytes.AsSpan(start, _ends[number] - start);
        }
    }

    /// <summary>Adds a text, with the next number.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        var start = Bytes.Length;
        var end = checked(start + text.Length);
        if (end > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(end, 2L * _bytes.Length)));
        if (Count == _ends.Length) Array.Resize(ref _ends, 2 * _ends.Length);
        text.CopyTo(_bytes.AsSpan(start));
        _ends[Count++] = end;
    }

    /// <summary>Forgets all texts.</summary>
    public void Clear() => Count = 0;

    /// <summary>The texts with these numbers, in this order, in no more memory than they need.</summary>
    public Utf8List InOrder(ReadOnlySpan<int> numbers)
    {
        var bytes = 0;
        foreach (var number in numbers) bytes = checked(bytes + this[number].Length);
        var ordered = new Utf8List { _bytes = new byte[bytes], _ends = new int[numbers.Length] };
        foreach (var number in numbers) ordered.Add(this[number]);
        return ordered;
    }

    /// <summary>Makes room for texts that are filled in by the caller.</summary>
    /// <param name="count">Number of texts.</param>
    /// <param name="bytes">Their bytes in all.</param>
    public (Memory<byte> Bytes, Memory<int> Ends) Replace(int count, int bytes)
    {
        if (bytes > _bytes.Length) _bytes = new byte[bytes];
        if (count > _ends.Length) _ends = new int[count];
        Count = count;
        return (_bytes.AsMemory(0, bytes), _ends.AsMemory(0, count));
    }

    /// <summary>The text with a number, as characters in <paramref name="buffer"/>, which grows where it must.</summary>
    public ReadOnlySpan<char> Characters(int number, ref char[] buffer)
    {
        var text = this[number];
        if (buffer.Length < text.Length) buffer = new char[text.Length * 2];
        return buffer.AsSpan(0, Encoding.UTF8.GetChars(text, buffer));
    }
}
