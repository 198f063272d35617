using System.Buffers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Internal;

// The frames of a response body.
internal sealed class StreamFrameReader(Stream stream, string? encoding, int? limit) : IDisposable
{
    private const int ReadSize = 4 * 1024;

    private readonly FrameDecoder _decoder = new(encoding, limit);
    private readonly PooledBuffer _buffer = new();

    // Null at the end of the stream.
    public async ValueTask<T?> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            if (TryDecode(marshaller, out var message))
                return message;
            var read = await stream.ReadAsync(_buffer.GetMemory(ReadSize), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return _buffer.Length == 0 ? null : throw WireError.Malformed("The response ends inside a message.");
            _buffer.Advance(read);
        }
    }

    public void Dispose()
    {
        _buffer.Dispose();
        stream.Dispose();
    }

    private bool TryDecode<T>(Marshaller<T> marshaller, out T? message)
    {
        var received = new ReadOnlySequence<byte>(_buffer.Written);
        if (!_decoder.TryDecode(ref received, marshaller, out message))
            return false;
        _buffer.Consume(_buffer.Length - (int)received.Length);
        return true;
    }
}
