using System.Buffers;
using System.IO.Compression;
using Grpc.Core;
using Grpc.Wire;

namespace Recommender.Tests.Unit.GrpcRuntime;

/// <summary>Messages in their frames.</summary>
public sealed class FrameTests
{
    private static readonly Marshaller<byte[]> s_whole = new(bytes => bytes, bytes => bytes);

    private static readonly Marshaller<byte[]> s_announced = new(
        (bytes, context) =>
        {
            context.SetPayloadLength(bytes.Length);
            context.GetBufferWriter().Write(bytes);
            context.Complete();
        },
        context => context.PayloadAsReadOnlySequence().ToArray());

    private static readonly Marshaller<byte[]> s_unannounced = new(
        (bytes, context) =>
        {
            context.GetBufferWriter().Write(bytes);
            context.Complete();
        },
        context => context.PayloadAsNewBuffer());

    public static TheoryData<int, bool, int> Cases { get; } = new MatrixTheoryData<int, bool, int>(
        [0, 1, 2], [false, true], [0, 1, 100, 70_000]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_message_survives_the_way(int how, bool compress, int length)
    {
        var marshaller = new[] { s_whole, s_announced, s_unannounced }[how];
        var message = new byte[length];
        new Random(length).NextBytes(message);
        var output = new ArrayBufferWriter<byte>();
        new FrameWriter(null, CompressionLevel.Fastest).Write(marshaller, message, output, compress);
        Assert.Equal(compress && length > 0 ? 1 : 0, output.WrittenSpan[0]);

        var buffer = new ReadOnlySequence<byte>(output.WrittenMemory);
        Assert.True(new FrameDecoder("gzip", null).TryDecode(ref buffer, marshaller, out var decoded));
        Assert.Equal(message, decoded);
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void A_frame_is_a_flag_a_length_and_the_message()
    {
        var output = new ArrayBufferWriter<byte>();
        new FrameWriter(null, CompressionLevel.Fastest).Write(s_announced, [7, 8], output, compress: false);
        Assert.Equal([0, 0, 0, 0, 2, 7, 8], output.WrittenSpan.ToArray());
    }

    [Fact]
    public void A_frame_is_found_however_it_is_cut()
    {
        byte[] frame = [0, 0, 0, 0, 3, 1, 2, 3];
        for (var cut = 0; cut < frame.Length; cut++)
        {
            var first = new Segment(frame.AsMemory(0, cut), null);
            var second = new Segment(frame.AsMemory(cut), first);
            var buffer = new ReadOnlySequence<byte>(first, 0, second, second.Memory.Length);
            Assert.True(new FrameDecoder(null, null).TryDecode(ref buffer, s_announced, out var message));
            Assert.Equal([1, 2, 3], message);

            var part = new ReadOnlySequence<byte>(frame.AsMemory(0, cut));
            Assert.False(new FrameDecoder(null, null).TryDecode(ref part, s_announced, out _));
            Assert.Equal(cut, part.Length);
        }
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public void A_limit_is_the_largest_message_allowed(int length, bool allowed)
    {
        var output = new ArrayBufferWriter<byte>();
        new FrameWriter(null, CompressionLevel.Fastest).Write(s_announced, new byte[length], output, compress: false);
        Assert.Equal(allowed, Succeeds(() =>
        {
            var buffer = new ReadOnlySequence<byte>(output.WrittenMemory);
            return new FrameDecoder(null, 10).TryDecode(ref buffer, s_announced, out _);
        }));
        foreach (var marshaller in new[] { s_whole, s_announced, s_unannounced })
            Assert.Equal(allowed, Succeeds(() =>
            {
                new FrameWriter(10, CompressionLevel.Fastest).Write(marshaller, new byte[length], new ArrayBufferWriter<byte>(), false);
                return true;
            }));
    }

    [Fact]
    public void A_limit_holds_for_what_a_message_inflates_to()
    {
        var output = new ArrayBufferWriter<byte>();
        new FrameWriter(null, CompressionLevel.Optimal).Write(s_whole, new byte[1 << 20], output, compress: true);
        Assert.InRange(output.WrittenCount, 1, 10_000);
        Assert.False(Succeeds(() =>
        {
            var buffer = new ReadOnlySequence<byte>(output.WrittenMemory);
            return new FrameDecoder("gzip", (1 << 20) - 1).TryDecode(ref buffer, s_whole, out _);
        }));
    }

    [Fact]
    public void A_serializer_that_forgets_to_complete_is_an_error()
    {
        var marshaller = new Marshaller<byte[]>((_, _) => { }, context => context.PayloadAsNewBuffer());
        var error = Assert.Throws<RpcException>(
            () => new FrameWriter(null, CompressionLevel.Fastest).Write(marshaller, [1], new ArrayBufferWriter<byte>(), false));
        Assert.Equal(StatusCode.Internal, error.StatusCode);
    }

    private static bool Succeeds(Func<bool> action)
    {
        try
        {
            return action();
        }
        catch (RpcException error)
        {
            Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
            return false;
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
