using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;
using Grpc.Wire.Text;

namespace Grpc.Wire;

// Finds frames in what has arrived and turns them into messages. One decoder serves a call.
internal sealed class FrameDecoder(string? encoding, int? limit, TextPlan? text = null) : DeserializationContext
{
    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => (int)_payload.Length;

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    // False while the frame is incomplete; otherwise the buffer loses the frame.
    public bool TryDecode<T>(ref ReadOnlySequence<byte> buffer, Marshaller<T> marshaller, out T? message)
    {
        message = default;
        if (buffer.Length < FrameWriter.HeaderSize)
            return false;
        Span<byte> header = stackalloc byte[FrameWriter.HeaderSize];
        buffer.Slice(0, FrameWriter.HeaderSize).CopyTo(header);
        if (header[0] > 1)
            throw WireError.Malformed("A frame's compressed flag is neither 0 nor 1.");
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (limit ?? int.MaxValue))
            throw WireError.ReceivedTooLarge(length, limit ?? int.MaxValue);
        if (buffer.Length < FrameWriter.HeaderSize + length)
            return false;
        var payload = buffer.Slice(FrameWriter.HeaderSize, length);
        message = header[0] == 0 ? Deserialize(payload, marshaller) : Inflate(payload, marshaller);
        buffer = buffer.Slice(payload.End);
        return true;
    }

    private T Inflate<T>(ReadOnlySequence<byte> payload, Marshaller<T> marshaller)
    {
        if (encoding != MessageEncoding.Gzip)
            throw WireError.Malformed("A frame is flagged as compressed without a grpc-encoding.");
        using var inflated = new PooledBuffer();
        MessageEncoding.Decompress(payload, inflated, limit);
        return Deserialize(new ReadOnlySequence<byte>(inflated.Written), marshaller);
    }

    private T Deserialize<T>(ReadOnlySequence<byte> payload, Marshaller<T> marshaller)
    {
        CheckText(payload);
        _payload = payload;
        try
        {
            return marshaller.ContextualDeserializer(this);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The message can't be parsed.", exception));
        }
        finally
        {
            _payload = default;
        }
    }

    private void CheckText(ReadOnlySequence<byte> payload)
    {
        if (text is null)
            return;
        string? broken;
        if (payload.IsSingleSegment)
        {
            broken = TextCheck.FindBroken(payload.FirstSpan, text);
        }
        else
        {
            using var whole = new PooledBuffer();
            foreach (var part in payload)
                whole.Write(part.Span);
            broken = TextCheck.FindBroken(whole.Written.Span, text);
        }
        if (broken is not null)
            throw BrokenText.Error(broken);
    }
}
