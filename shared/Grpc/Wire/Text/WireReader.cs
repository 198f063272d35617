using Google.Protobuf;

namespace Grpc.Wire.Text;

// Steps over the fields of a serialized message. Every Try method says false at the end and on malformed bytes.
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    private const int MaxGroupDepth = 100;

    private ReadOnlySpan<byte> _rest = message;

    public readonly int Position => _length - _rest.Length;

    private readonly int _length = message.Length;

    public bool TryReadTag(out int number, out WireFormat.WireType type)
    {
        var read = TryReadVarint(out var tag);
        number = (int)((uint)tag >> 3);
        type = (WireFormat.WireType)(tag & 7);
        return read && number > 0;
    }

    public bool TryReadBytes(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryReadVarint(out var length) || length > (ulong)_rest.Length)
            return false;
        value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    public bool TrySkip(int number, WireFormat.WireType type) => TrySkip(number, type, MaxGroupDepth);

    private bool TrySkip(int number, WireFormat.WireType type, int depth) => type switch
    {
        WireFormat.WireType.Varint => TryReadVarint(out _),
        WireFormat.WireType.Fixed64 => TryAdvance(8),
        WireFormat.WireType.LengthDelimited => TryReadBytes(out _),
        WireFormat.WireType.StartGroup => depth > 0 && TrySkipGroup(number, depth - 1),
        WireFormat.WireType.Fixed32 => TryAdvance(4),
        _ => false,
    };

    private bool TrySkipGroup(int group, int depth)
    {
        while (TryReadTag(out var number, out var type))
        {
            if (type == WireFormat.WireType.EndGroup)
                return number == group;
            if (!TrySkip(number, type, depth))
                return false;
        }
        return false;
    }

    private bool TryAdvance(int count)
    {
        if (_rest.Length < count)
            return false;
        _rest = _rest[count..];
        return true;
    }

    private bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < _rest.Length && i < 10; i++)
        {
            value |= (ulong)(_rest[i] & 0x7f) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }
        return false;
    }
}
