namespace Recommender.Hosting.Online;

/// <summary>Reads what <see cref="BitWriter"/> wrote; damage is an <see cref="InvalidDataException"/>.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>No number that is written has more.</summary>
    private const int MostBits = 62;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private ulong _pending;
    private int _count;

    /// <summary>Bytes that were read, the last one perhaps in part.</summary>
    public int Consumed { get; private set; }

    /// <summary>Reads a value of some bits, 0 to 64.</summary>
    public ulong Read(int bits)
    {
        if (bits > 32) return Read(32) | (Read(bits - 32) << 32);
        for (; _count < bits; _count += 8)
        {
            if (Consumed == _bytes.Length) throw new InvalidDataException("the value ends too early");
            _pending |= (ulong)_bytes[Consumed++] << _count;
        }
        var value = _pending & ((1UL << bits) - 1);
        _pending >>= bits;
        _count -= bits;
        return value;
    }

    /// <summary>Reads a number in the exponential Golomb code of order <paramref name="k"/>.</summary>
    public ulong Golomb(int k)
    {
        var length = 0;
        while (Read(1) == 0)
            if (++length + k > MostBits) throw new InvalidDataException("a number is too large");
        return ((((1UL << length) | Read(length)) - 1) << k) | Read(k);
    }
}
