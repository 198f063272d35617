using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Recommender.Hosting.Online;

/// <summary>Writes the compact binary form of online state: little-endian numbers, LEB128 variable-length integers, length-prefixed UTF-8.</summary>
internal sealed class ByteWriter
{
    [ThreadStatic]
    private static ByteWriter? s_writer;

    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    /// <summary>The thread's own, empty: for one value from its first byte to <see cref="ToArray"/>.</summary>
    public static ByteWriter Borrow()
    {
        var writer = s_writer ??= new ByteWriter();
        writer._buffer.ResetWrittenCount();
        return writer;
    }

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    public void UInt64s(ReadOnlySpan<ulong> values)
    {
        var span = _buffer.GetSpan(sizeof(ulong) * values.Length);
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(span[(sizeof(ulong) * i)..], values[i]);
        _buffer.Advance(sizeof(ulong) * values.Length);
    }

    /// <summary>The lowest five bytes of each number.</summary>
    public void UInt40s(ReadOnlySpan<ulong> values)
    {
        foreach (var value in values)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_buffer.GetSpan(sizeof(ulong)), value);
            _buffer.Advance(5);
        }
    }

    public void Single(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
    }

    public void Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    /// <summary>A non-negative or small negative number, zigzag encoded.</summary>
    public void VarInt(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        var span = _buffer.GetSpan(10);
        var length = 0;
        while (rest >= 0x80)
        {
            span[length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }
        span[length++] = (byte)rest;
        _buffer.Advance(length);
    }

    public void Text(ReadOnlySpan<char> value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        VarInt(length);
        _buffer.Advance(Encoding.UTF8.GetBytes(value, _buffer.GetSpan(length)));
    }
}
