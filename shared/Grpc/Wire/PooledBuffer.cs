using System.Buffers;

namespace Grpc.Wire;

// A growing buffer over a pooled array. Not a finalizable thing: who forgets to dispose it only loses the array.
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int MinimumSize = 256;

    private byte[] _array = [];
    private int _start;
    private int _end;

    public ReadOnlyMemory<byte> Written => _array.AsMemory(_start, _end - _start);

    public int Length => _end - _start;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - _end);
        _end += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _array.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _array.AsSpan(_end);
    }

    // Forgets the first bytes.
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
            _start = _end = 0;
    }

    // Forgets the last bytes: so many stay.
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        _end = _start + length;
    }

    public void Dispose()
    {
        var array = _array;
        _array = [];
        _start = _end = 0;
        if (array.Length > 0)
            ArrayPool<byte>.Shared.Return(array);
    }

    private void Reserve(int count)
    {
        if (_array.Length - _end >= count)
            return;
        var length = Length;
        var target = _array;
        if (_array.Length - length < count)
            target = ArrayPool<byte>.Shared.Rent(
                Math.Max(MinimumSize, (int)Math.Min(Array.MaxLength, Math.Max(length + (long)count, _array.Length * 2L))));
        _array.AsSpan(_start, length).CopyTo(target);
        if (target != _array && _array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        _array = target;
        _start = 0;
        _end = length;
    }
}
