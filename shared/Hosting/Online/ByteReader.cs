using System.Buffers.Binary;
using System.Text;

namespace Recommender.Hosting.Online;

/// <summary>Reads what <see cref="ByteWriter"/> wrote; everything malformed is an <see cref="InvalidDataException"/>.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>Longer texts, in bytes, are no ids and not looked for.</summary>
    private const int MostKnown = 128;

    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Bytes that are left.</summary>
    public readonly int Left => _rest.Length;

    public byte Byte() => Take(1)[0];

    public void Skip(int count) => Take(count);

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>Adds as many numbers to the end of a list.</summary>
    public void UInt64s(List<ulong> values, int count)
    {
        if (count > _rest.Length / sizeof(ulong)) throw new InvalidDataException("the value ends too early");
        var bytes = Take(sizeof(ulong) * count);
        values.EnsureCapacity(values.Count + count);
        for (; !bytes.IsEmpty; bytes = bytes[sizeof(ulong)..]) values.Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
    }

    /// <summary>As <see cref="UInt64s"/>, numbers of five bytes.</summary>
    public void UInt40s(List<ulong> values, int count)
    {
        if (count > _rest.Length / 5) throw new InvalidDataException("the value ends too early");
        values.EnsureCapacity(values.Count + count);
        for (var bytes = Take(5 * count); !bytes.IsEmpty; bytes = bytes[5..])
            values.Add(BinaryPrimitives.ReadUInt32LittleEndian(bytes) | ((ulong)bytes[4] << 32));
    }

    public float Single() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public long VarInt()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return (long)(value >> 1) ^ -(long)(value & 1);
        }
        throw new InvalidDataException("a number has more than ten bytes");
    }

    /// <summary>A length: never negative, never more than the bytes that are left, so that damage cannot ask for absurd memory.</summary>
    public int Count()
    {
        var count = VarInt();
        return count >= 0 && count <= _rest.Length ? (int)count : throw new InvalidDataException("a length is out of range");
    }

    public string Text(IKnownTexts? known = null) => Text(known, out _);

    /// <summary>As the other one, with the text's number.</summary>
    public string Text(IKnownTexts? known, out int number)
    {
        number = -1;
        var bytes = Take(Count());
        if (known is null || bytes.Length > MostKnown) return Encoding.UTF8.GetString(bytes);
        Span<char> characters = stackalloc char[MostKnown];
        var length = Encoding.UTF8.GetChars(bytes, characters);
        return known.Find(characters[..length], out number) ?? new string(characters[..length]);
    }

    /// <summary>A text's characters at the beginning of <paramref name="text"/>; how many.</summary>
    public int Characters(scoped Span<char> text)
    {
        var bytes = Take(Count());
        if (bytes.Length > text.Length) throw new InvalidDataException("a text is too long");
        return Encoding.UTF8.GetChars(bytes, text);
    }

    /// <summary>Bits from the next byte on; <see cref="SkipBits"/> them afterwards.</summary>
    public readonly BitReader Bits() => new(_rest);

    /// <summary>Passes over what was read as bits.</summary>
    public void SkipBits(in BitReader bits) => Take(bits.Consumed);

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_rest.Length < count) throw new InvalidDataException("the value ends too early");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
