using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Grpc.Core;

namespace Grpc.Wire;

// Writes messages as frames: a flag byte, four bytes of length, the message. An uncompressed message of
// announced length goes straight into the output. One writer serves all messages of a call, one at a time.
internal sealed class FrameWriter(int? limit, CompressionLevel level) : SerializationContext
{
    public const int HeaderSize = 5;

    private IBufferWriter<byte>? _output;
    private PooledBuffer? _held;
    private int _announced;
    private bool _compress;

    public void Write<T>(Marshaller<T> marshaller, T message, IBufferWriter<byte> output, bool compress)
    {
        _output = output;
        _compress = compress;
        _announced = -1;
        try
        {
            marshaller.ContextualSerializer(message, this);
            if (_output is not null)
                throw WireError.Malformed("The serializer did not complete the message.");
        }
        finally
        {
            _output = null;
            _held?.Dispose();
            _held = null;
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        CheckLength(payloadLength);
        _announced = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_compress || _announced < 0)
            return _held ??= new PooledBuffer();
        WriteHeader(false, _announced);
        return _output!;
    }

    public override void Complete()
    {
        if (_held is { } held)
            Emit(held.Written.Span);
        _output = null;
    }

    public override void Complete(byte[] payload)
    {
        Emit(payload);
        _output = null;
    }

    private void Emit(ReadOnlySpan<byte> message)
    {
        CheckLength(message.Length);
        if (!_compress || message.IsEmpty)
        {
            WriteHeader(false, message.Length);
            _output!.Write(message);
            return;
        }
        using var compressed = new PooledBuffer();
        MessageEncoding.Compress(message, compressed, level);
        WriteHeader(true, compressed.Length);
        _output!.Write(compressed.Written.Span);
    }

    private void WriteHeader(bool compressed, int length)
    {
        var header = _output!.GetSpan(HeaderSize);
        header[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], length);
        _output.Advance(HeaderSize);
    }

    private void CheckLength(int length)
    {
        if (limit is { } max && length > max)
            throw WireError.SentTooLarge(length, max);
    }
}
