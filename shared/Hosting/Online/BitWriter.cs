using System.Numerics;

namespace Recommender.Hosting.Online;

/// <summary>Writes numbers of some bits each behind what a <see cref="ByteWriter"/> holds, lowest bits first.</summary>
internal ref struct BitWriter(ByteWriter bytes)
{
    private ulong _pending;
    private int _count; // of the bits in _pending: fewer than 8 between two calls

    /// <summary>Writes the lowest bits of a value.</summary>
    /// <param name="value">The value; higher bits must be zero.</param>
    /// <param name="bits">How many, 0 to 64.</param>
    public void Write(ulong value, int bits)
    {
        if (bits > 32)
        {
            Write(value & uint.MaxValue, 32);
            (value, bits) = (value >> 32, bits - 32);
        }
        _pending |= value << _count;
        for (_count += bits; _count >= 8; _count -= 8, _pending >>= 8) bytes.Byte((byte)_pending);
    }

    /// <summary>
    /// Writes a number of any size in the exponential Golomb code of order <paramref name="k"/>: about as many bits as the number has and two
    /// more, when that is <paramref name="k"/> or not much above.
    /// </summary>
    public void Golomb(ulong value, int k)
    {
        var quotient = (value >> k) + 1;
        var length = BitOperations.Log2(quotient);
        Write(0, length);
        Write(1, 1);
        Write(quotient & ~(1UL << length), length); // the highest one is told by the length
        Write(value & ((1UL << k) - 1), k);
    }

    /// <summary>Fills the last byte.</summary>
    public void Finish()
    {
        if (_count > 0) Write(0, 8 - _count);
    }
}
